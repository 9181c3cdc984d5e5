//! What a request's path names.

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `/version`.
    Version,
    /// `/healthz`, `/livez`, `/readyz` and their single checks.
    Health {
        /// `healthz` and the like.
        probe: String,
        /// The check; `None` is all.
        check: Option<String>,
    },
    /// `/api`: the versions of the core group.
    CoreVersions,
    /// `/apis`: all other groups.
    Groups,
    /// `/apis/GROUP`.
    Group(String),
    /// `/api/v1` or `/apis/GROUP/VERSION`.
    Resources {
        /// API group.
        group: String,
        /// Version.
        version: String,
    },
    /// `/openapi/v3`.
    OpenApiRoot,
    /// `/openapi/v3/apis/GROUP/VERSION`.
    OpenApi {
        /// API group.
        group: String,
        /// Version.
        version: String,
    },
    /// Objects.
    Objects(Objects),
    /// Objects to be watched, in the old way: `/api/v1/watch/…`.
    Watch(Objects),
    /// Nothing that is known.
    Unknown,
}

/// Objects of one resource: all, those of a namespace, or one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    /// API group; empty for the core group.
    pub group: String,
    /// Version.
    pub version: String,
    /// Name of the resource in paths.
    pub plural: String,
    /// Namespace; `None` is the whole cluster.
    pub namespace: Option<String>,
    /// Name of one object.
    pub name: Option<String>,
    /// Subresource of one object.
    pub subresource: Option<String>,
}

/// Reads a path. It is percent-decoded as a whole, so that no name holds a slash.
pub fn parse(path: &str) -> Target {
    let path = decode(path);
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match segments.as_slice() {
        ["version"] => Target::Version,
        [probe @ ("healthz" | "livez" | "readyz")] => Target::Health { probe: (*probe).to_owned(), check: None },
        [probe @ ("healthz" | "livez" | "readyz"), check] => {
            Target::Health { probe: (*probe).to_owned(), check: Some((*check).to_owned()) }
        }
        ["api"] => Target::CoreVersions,
        ["apis"] => Target::Groups,
        ["apis", group] => Target::Group((*group).to_owned()),
        ["api", version] => Target::Resources { group: String::new(), version: (*version).to_owned() },
        ["apis", group, version] => Target::Resources { group: (*group).to_owned(), version: (*version).to_owned() },
        ["openapi", "v3"] => Target::OpenApiRoot,
        ["openapi", "v3", "api", version] => Target::OpenApi { group: String::new(), version: (*version).to_owned() },
        ["openapi", "v3", "apis", group, version] => {
            Target::OpenApi { group: (*group).to_owned(), version: (*version).to_owned() }
        }
        ["api", version, rest @ ..] => objects("", version, rest),
        ["apis", group, version, rest @ ..] => objects(group, version, rest),
        _ => Target::Unknown,
    }
}

/// `namespaces/NS/PLURAL…` is of a namespace, but `namespaces/NAME` and its subresources are of the namespace itself.
fn objects(group: &str, version: &str, rest: &[&str]) -> Target {
    if let ["watch", rest @ ..] = rest {
        return match objects(group, version, rest) {
            Target::Objects(objects) => Target::Watch(objects),
            other => other,
        };
    }
    let (namespace, rest) = match rest {
        ["namespaces", _, "status" | "finalize"] if group.is_empty() => (None, rest),
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Some((*namespace).to_owned()), rest),
        _ => (None, rest),
    };
    let (plural, name, subresource) = match rest {
        [plural] => (plural, None, None),
        [plural, name] => (plural, Some(name), None),
        [plural, name, subresource] => (plural, Some(name), Some(subresource)),
        _ => return Target::Unknown,
    };
    Target::Objects(Objects {
        group: group.to_owned(),
        version: version.to_owned(),
        plural: (*plural).to_owned(),
        namespace,
        name: name.map(|name| (*name).to_owned()),
        subresource: subresource.map(|name| (*name).to_owned()),
    })
}

fn decode(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(path: &str) -> Objects {
        match parse(path) {
            Target::Objects(objects) => objects,
            other => panic!("{path}: {other:?}"),
        }
    }

    #[test]
    fn objects_are_named_by_group_namespace_and_name() {
        let all = one("/apis/runtime.wasmcloud.dev/v1alpha1/workloads");
        assert_eq!((all.group.as_str(), all.plural.as_str()), ("runtime.wasmcloud.dev", "workloads"));
        assert_eq!((all.namespace, all.name), (None, None));
        let status = one("/apis/g/v1/namespaces/n/things/t/status");
        assert_eq!(status.namespace.as_deref(), Some("n"));
        assert_eq!((status.name.as_deref(), status.subresource.as_deref()), (Some("t"), Some("status")));
        let listed = one("/api/v1/namespaces/n/configmaps");
        assert_eq!((listed.plural.as_str(), listed.namespace.as_deref()), ("configmaps", Some("n")));
        assert_eq!(one("/api/v1/namespaces/n/events/hello%2eworld").name.as_deref(), Some("hello.world"));
        assert_eq!(one("/api/v1/namespaces/n/events/%FF").name.as_deref(), Some("\u{fffd}"));
    }

    #[test]
    fn a_namespace_is_an_object_and_a_place() {
        assert_eq!(one("/api/v1/namespaces").plural, "namespaces");
        assert_eq!(one("/api/v1/namespaces/n").name.as_deref(), Some("n"));
        let finalize = one("/api/v1/namespaces/n/finalize");
        assert_eq!((finalize.plural.as_str(), finalize.subresource.as_deref()), ("namespaces", Some("finalize")));
        assert_eq!(one("/api/v1/namespaces/n/finalizers").plural, "finalizers");
    }

    #[test]
    fn what_is_no_object() {
        assert_eq!(parse("/version"), Target::Version);
        let health =
            |check: Option<&str>| Target::Health { probe: "readyz".to_owned(), check: check.map(str::to_owned) };
        assert_eq!((parse("/readyz"), parse("/readyz/ping")), (health(None), health(Some("ping"))));
        assert_eq!(parse("/apis/"), Target::Groups);
        assert_eq!(parse("/api/v1"), Target::Resources { group: String::new(), version: "v1".to_owned() });
        assert_eq!(parse("/openapi/v3/apis/g/v1"), Target::OpenApi { group: "g".to_owned(), version: "v1".to_owned() });
        for path in ["", "/", "/openapi/v2", "/api/v1/a/b/c/d", "/metrics", "/readyz/a/b", "/api/v1/a%2Fb/c/d%2fe"] {
            assert_eq!(parse(path), Target::Unknown, "{path}");
        }
    }
}
