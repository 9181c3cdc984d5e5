//! The codes of checks, each with a page.

/// One kind of check.
#[derive(Debug, PartialEq, Eq)]
pub struct CheckCode {
    /// Such as `WCC030`.
    pub id: &'static str,
    /// What is so when all is well.
    pub title: &'static str,
    /// The explanation, in Markdown: what it means, how to see it, what to do.
    pub page: &'static str,
}

macro_rules! codes {
    ($($id:literal $title:literal;)*) => {
        /// All of them, by their numbers.
        pub static ALL: &[CheckCode] =
            &[$(CheckCode { id: $id, title: $title, page: include_str!(concat!("pages/", $id, ".md")) }),*];
    };
}

codes! {
    "WCC001" "can query the Kubernetes API";
    "WCC002" "is running a Kubernetes that is new enough";
    "WCC010" "all five kinds are defined";
    "WCC011" "all five kinds are served in the version that is used";
    "WCC012" "the API server has accepted the definitions";
    "WCC013" "the definitions are no older than this program";
    "WCC020" "you may do all that the verbs of this plugin need";
    "WCC030" "a controller is in charge";
    "WCC031" "only one controller acts";
    "WCC032" "the controller in the cluster is as new as this program";
    "WCC040" "can connect to NATS";
    "WCC041" "NATS accepts the credentials";
    "WCC042" "hosts that are Ready answer over NATS";
    "WCC050" "hosts are known";
    "WCC051" "hosts are Ready";
    "WCC052" "hosts that are Ready were heard from lately";
    "WCC053" "hosts take new Workloads";
    "WCC054" "all hosts are of one version";
    "WCC060" "the clock here agrees with the API server's";
    "WCC061" "nothing was written in the future";
    "WCC080" "no other definitions of the group are there";
    "WCC081" "you may create CustomResourceDefinitions";
    "WCC082" "you may create what a controller in the cluster needs";
    "WCC083" "no controller is in charge yet";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_their_title_and_all_parts() {
        for code in ALL {
            assert!(code.page.starts_with(&format!("# {}: {}\n\n", code.id, code.title)), "{}", code.id);
            for part in ["\n## How to see it\n\n```sh\n", "\n## What to do\n\n"] {
                assert!(code.page.contains(part), "{} lacks {part}", code.id);
            }
        }
        assert!(ALL.is_sorted_by(|a, b| a.id < b.id));
    }
}
