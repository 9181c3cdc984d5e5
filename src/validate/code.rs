//! The catalogue of findings: each has a code that never changes its meaning, and a page.

#[cfg(test)]
mod tests;

use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum Level {
    /// Worth knowing.
    Info,
    /// It will hardly do what was meant.
    Warning,
    /// The API server refuses it, or it cannot run.
    Error,
}

impl Level {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The same for drawings.
    pub(super) fn severity(self) -> miette::Severity {
        match self {
            Self::Info => miette::Severity::Advice,
            Self::Warning => miette::Severity::Warning,
            Self::Error => miette::Severity::Error,
        }
    }
}

/// One kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Such as `WC0101`.
    pub id: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// How bad it is.
    pub level: Level,
    /// The explanation, in Markdown: what it means, a wrong and a right example, what to do.
    pub page: &'static str,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// The code of that name, in any case of letters.
pub fn find(id: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| code.id.eq_ignore_ascii_case(id.trim()))
}

macro_rules! codes {
    ($($name:ident $id:literal $level:ident $title:literal;)*) => {
        $(
            #[doc = $title]
            pub static $name: Code = Code {
                id: $id,
                title: $title,
                level: Level::$level,
                page: include_str!(concat!("pages/", $id, ".md")),
            };
        )*

        /// All of them, by their numbers.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    NOT_YAML "WC0001" Error "not YAML and not JSON";
    DUPLICATE_KEY "WC0002" Error "a key that stands twice";
    PLAIN_BOOLEAN "WC0003" Error "a plain word that is read as a boolean";
    NO_OBJECT "WC0004" Error "not a Kubernetes object";
    UNKNOWN_KIND "WC0005" Error "a kind or version that wasmCloud does not have";
    UNKNOWN_IGNORE "WC0006" Warning "an ignore without effect";
    DUPLICATE_OBJECT "WC0007" Error "an object that stands twice";
    NO_REASON "WC0008" Info "an ignore without a reason";
    UNKNOWN_FIELD "WC0101" Error "a field that the definition does not have";
    REQUIRED_FIELD "WC0102" Error "a required field that is missing";
    WRONG_TYPE "WC0103" Error "a value of the wrong type";
    NOT_SUPPORTED "WC0104" Error "a value that is none of those allowed";
    INVALID_VALUE "WC0105" Error "a value that the definition does not allow";
    INVALID_METADATA "WC0106" Error "metadata that Kubernetes refuses";
    TEMPLATE_METADATA "WC0201" Error "labels of a template under metadata";
    NEGATIVE_REPLICAS "WC0202" Error "fewer replicas than none";
    UNKNOWN_DEPLOY_POLICY "WC0203" Warning "a deploy policy that does not exist";
    INVALID_SETTING "WC0204" Error "a setting that the controller cannot read";
    UNREAD_ANNOTATION "WC0205" Warning "an annotation that nothing reads";
    PINNED_TO_HOST "WC0206" Info "a workload that one host alone may run";
    POD_LABEL "WC0207" Warning "a label that Hosts do not have";
    WRITTEN_HOST "WC0208" Info "a Host written by hand";
    OLD_GENERATION "WC0209" Warning "an object of wasmCloud 1";
    NOT_AN_IMAGE "WC0210" Error "an image that is none";
    UNTAGGED_IMAGE "WC0211" Warning "an image with neither tag nor digest";
    FILE_IMAGE "WC0212" Info "an image that is a file";
    UNKNOWN_PULL_POLICY "WC0213" Warning "a pull policy that does not exist";
    UNUSED_ARTIFACT "WC0214" Warning "an artifact that no image asks for";
    UNKNOWN_ARTIFACT "WC0215" Error "an artifact that is not listed";
    NO_HTTP_HOST "WC0220" Error "wasi:http without a host name";
    INVALID_HTTP_HOST "WC0221" Error "a host name that is none";
    HTTP_HOST_PORT "WC0222" Warning "a host name with a port";
    INVALID_HOST_ALIAS "WC0223" Warning "an alias that is no host name";
    IGNORED_ADDRESS "WC0224" Warning "an address that nothing reads";
    CLAIMED_TWICE "WC0225" Warning "a host name that two workloads answer to";
    STRANGE_ROUTE "WC0226" Warning "a route under a name that nobody answers to";
    SERVICE_PORT_NAME "WC0227" Error "a Service without a port named http";
    SERVICE_SELECTOR "WC0228" Warning "a Service with a selector";
    SERVICE_WITHOUT_HTTP "WC0229" Warning "a Service that leads to no wasi:http";
    OVERRIDDEN_SERVICE "WC0230" Warning "a Service that is passed over";
    AMBIGUOUS_INTERFACE "WC0240" Error "host interfaces that cannot be told apart";
    INVALID_INTERFACE_NAME "WC0241" Error "an interface name that is none";
    MISSPELT_INTERFACE "WC0242" Warning "an interface that is likely misspelt";
    INVALID_VERSION "WC0243" Warning "a version that is none";
    MISSING_INTERFACE_CONFIG "WC0244" Error "configuration that an interface does not start without";
    IGNORED_INTERFACE_CONFIG "WC0245" Warning "configuration that an interface passes over";
    NO_SUBSCRIPTIONS "WC0246" Warning "a message handler without subscriptions";
    NO_BUCKETS "WC0247" Warning "a blobstore without buckets";
    NO_EGRESS "WC0248" Warning "requests to the outside that may go nowhere";
    VOLUME_SOURCE "WC0250" Error "a volume with none or two sources";
    UNKNOWN_VOLUME "WC0251" Error "a mount without its volume";
    UNUSED_VOLUME "WC0252" Info "a volume that nothing mounts";
    DUPLICATE_VOLUME "WC0253" Error "a volume name that stands twice";
    DUPLICATE_MOUNT "WC0254" Warning "two volumes mounted at one path";
    DUPLICATE_COMPONENT "WC0260" Error "a component name that stands twice";
    NOTHING_TO_RUN "WC0261" Warning "a workload that runs nothing";
    IGNORED_LIMIT "WC0262" Warning "a bound on instances that are not kept";
    NEGATIVE_RESTARTS "WC0263" Warning "fewer restarts than none";
    INVALID_PORT "WC0264" Error "a port that does not exist";
    MISSPELT_REFERENCE "WC0270" Warning "a reference that is likely wrong";
    ABSENT_REFERENCE "WC0271" Info "a reference to what is not among the files";
    INVALID_PULL_SECRET "WC0272" Error "a pull secret that is none";
    PULL_SECRET_TYPE "WC0273" Warning "a pull secret of another type";
    PULL_SECRET_REGISTRY "WC0274" Error "a pull secret for other registries";
    NOT_BASE64 "WC0275" Error "a Secret's value that is no base64";
    NOT_TEXT "WC0276" Error "a Secret's value that is no text";
    SHADOWED_KEY "WC0277" Info "a key that another source replaces";
    AUTOSCALER "WC0278" Error "an autoscaler that cannot work";
    UNOPENED_IMAGE "WC0301" Error "an image that cannot be opened";
    MISSING_INTERFACE "WC0302" Error "an import that nobody gives";
    INTERFACE_VERSION "WC0303" Error "an interface in a version that is not to be had";
    NOT_OFFERED "WC0304" Error "a host interface that hosts do not have";
    SUPERFLUOUS_INTERFACE "WC0305" Warning "a host interface that nobody uses";
    BOUND_TWICE "WC0306" Error "an interface that two give";
    IMPORT_CIRCLE "WC0307" Error "components that import each other in a circle";
    BARE_IMPORT "WC0308" Error "an import outside of any interface";
    NOT_A_SERVICE "WC0309" Error "a service that does not run";
    NO_ALLOWED_HOSTS "WC0310" Warning "requests that are not let out";
    NO_INGRESS "WC0311" Warning "requests that are not let in";
    DROPPED_FIELD "WC0401" Error "a field that the cluster's definition drops";
    UNDEFINED_KIND "WC0402" Error "a kind that the cluster does not have";
    ABSENT_FROM_CLUSTER "WC0403" Error "a reference to what the cluster does not have";
    CLUSTER_SECRET_REGISTRY "WC0404" Error "a pull secret of the cluster for other registries";
    CLUSTER_SECRET_INVALID "WC0405" Error "a pull secret of the cluster that is none";
    CLUSTER_SERVICE_PORT "WC0406" Error "a Service of the cluster without a port named http";
    NO_FITTING_HOST "WC0407" Error "no host that fits";
    CLAIMED_IN_CLUSTER "WC0408" Warning "a host name that another deployment answers to";
    ABSENT_SERVICE "WC0409" Warning "a Service that the cluster does not have";
    NO_OPEN_HOST "WC0410" Warning "no host that takes it now";
    UNPUBLISHED_ARTIFACT "WC0411" Warning "an Artifact that is not published";
    CLUSTER_SECRET_TYPE "WC0412" Warning "a pull secret of the cluster of another type";
}
