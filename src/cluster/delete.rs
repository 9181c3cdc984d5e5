//! Deleting objects, and waiting until they are gone.

use futures::StreamExt;
use kube::core::ApiResource;
use kube::core::params::DeleteParams;
use serde_json::Value;

use super::Cluster;
use super::read::{Filter, Scope};
use super::watch::Change;
use crate::error::Error;

impl Cluster {
    /// Deletes one object; returns its uid, by which to wait for its end.
    ///
    /// # Errors
    /// When it is not there, or the server refuses.
    pub async fn delete(
        &self,
        resource: &ApiResource,
        namespace: Option<&str>,
        name: &str,
        params: &DeleteParams,
    ) -> Result<Option<String>, Error> {
        let deleted = self.dynamic(resource, namespace).delete(name, params).await;
        let deleted = deleted.map_err(|error| Error::from(error).for_type(&resource.plural))?;
        let uid = deleted.map_left(|object| object.metadata.uid);
        Ok(uid.either(|uid| uid, |status| status.details.map(|details| details.uid).filter(|uid| !uid.is_empty())))
    }

    /// Waits until the object of that name is gone, or another one has taken its name.
    ///
    /// # Errors
    /// When the watch fails in a way that does not pass.
    pub async fn until_gone(
        &self,
        resource: &ApiResource,
        namespace: Option<&str>,
        name: &str,
        uid: Option<&str>,
    ) -> Result<(), Error> {
        let scope = namespace.map_or(Scope::All, |namespace| Scope::Namespace(namespace.to_owned()));
        let mut changes = self.watch(resource, &scope, &Filter::named(name));
        while let Some(change) = changes.next().await {
            if is_gone(&change?, uid) {
                break;
            }
        }
        Ok(())
    }
}

fn is_gone(change: &Change, uid: Option<&str>) -> bool {
    let another = |object: &Value| uid.is_some() && object.pointer("/metadata/uid").and_then(Value::as_str) != uid;
    match change {
        Change::All(objects) => objects.iter().all(another),
        Change::Changed(object) => another(object),
        Change::Gone(object) => !another(object),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn another_object_of_the_name_is_not_the_one_that_was_deleted() {
        let object = |uid: &str| json!({"metadata": {"uid": uid}});
        assert!(is_gone(&Change::All(vec![]), Some("1")));
        assert!(!is_gone(&Change::All(vec![object("1")]), Some("1")));
        assert!(is_gone(&Change::All(vec![object("2")]), Some("1")));
        assert!(!is_gone(&Change::Changed(object("1")), Some("1")));
        assert!(is_gone(&Change::Changed(object("2")), Some("1")));
        assert!(is_gone(&Change::Gone(object("1")), Some("1")));
        assert!(!is_gone(&Change::Gone(object("2")), Some("1")), "the late end of an earlier one");
        assert!(!is_gone(&Change::Changed(object("1")), None));
    }
}
