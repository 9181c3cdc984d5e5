//! The codes of all checks: what is so when all is well, and what to do in general when it is not.

/// A check, as documentation knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// `WCC` and a number.
    pub code: &'static str,
    /// What is so when all is well.
    pub title: &'static str,
    /// What to do when it is not so; a check that knows better says something else.
    pub hint: &'static str,
    /// The explanation, in Markdown: what it means, how to see it, what to do.
    pub page: &'static str,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $title:literal, $hint:expr;)*) => {
        $($(#[$doc])* pub const $name: Code =
            Code { code: $code, title: $title, hint: $hint, page: include_str!(concat!("pages/", $code, ".md")) };)*

        /// All of them, in order.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

const CLOCKS: &str = "have every machine's clock set by NTP: `timedatectl` shows whether this one's is";
const INSTALL: &str = "`kubectl wasmcloud install` puts them there; nothing that is there is taken away";

codes! {
    /// The API server answers.
    SERVER = "WCC001", "can query the Kubernetes API",
        "`kubectl cluster-info` shows whether the cluster is up; --context names another one";
    /// It is new enough.
    SERVER_VERSION = "WCC002", "is running Kubernetes 1.30 or newer", "update the cluster";
    /// The definitions are there.
    DEFINED = "WCC010", "all five kinds are defined", INSTALL;
    /// They are served.
    SERVED = "WCC011", "all five kinds are served as v1alpha1", INSTALL;
    /// They are in effect.
    ESTABLISHED = "WCC012", "the API server has accepted the definitions", "`kubectl describe crd NAME` shows why";
    /// They have all fields.
    COMPLETE = "WCC013", "the definitions are no older than this program",
        "`kubectl wasmcloud install` updates them; nothing that is there is taken away";
    /// The user may do all.
    PERMITTED = "WCC020", "you may do all that the verbs of this plugin need",
        "have an administrator run `kubectl wasmcloud rbac --for=ROLE | kubectl apply -f -`, and bind wasmcloud-ROLE to you: \
         `kubectl create clusterrolebinding NAME --clusterrole=wasmcloud-ROLE --user=YOU`";
    /// Somebody holds the Lease.
    IN_CHARGE = "WCC030", "a controller is in charge",
        "`kubectl wasmcloud run-controller` runs one here, `kubectl wasmcloud install --controller --image=IMAGE` in the \
         cluster";
    /// Nobody else acts.
    ALONE = "WCC031", "only one controller acts", "stop one of them: they overwrite each other";
    /// Our controller in the cluster is of this version.
    CONTROLLER_VERSION = "WCC032", "the controller in the cluster is as new as this program",
        "`kubectl wasmcloud install --controller --image=IMAGE` updates it";
    /// NATS answers.
    NATS = "WCC040", "can connect to NATS", "--nats-url names the NATS server that the hosts are connected to";
    /// NATS lets us in.
    NATS_ACCEPTS = "WCC041", "NATS accepts the credentials",
        "--nats-creds, --nats-client-cert with --nats-client-key, or nats://USER:PASSWORD@HOST name those that it accepts";
    /// Hosts are on the same NATS.
    NATS_HOSTS = "WCC042", "hosts that are Ready answer over it",
        "--nats-url names the NATS server that the hosts are connected to; this may be another one";
    /// There are hosts.
    HOSTS = "WCC050", "hosts are known",
        "`wash host --scheduler-nats-url=URL --data-nats-url=URL` starts one; its NATS server must be the controller's \
         --nats-url";
    /// They are Ready.
    HOSTS_READY = "WCC051", "hosts are Ready", "`kubectl wasmcloud get hosts` shows when they were last heard from";
    /// What is said of them is new.
    HOSTS_HEARD = "WCC052", "hosts that are Ready were heard from lately",
        "what they are said to be is old: a controller that runs would have noticed; see controller above";
    /// They are not cordoned.
    HOSTS_OPEN = "WCC053", "hosts take new Workloads", "`kubectl wasmcloud uncordon HOST` opens it again";
    /// They are alike.
    HOSTS_ALIKE = "WCC054", "all hosts are of one version",
        "what one host runs another may refuse: update the older ones";
    /// Our clock is the server's.
    CLOCK = "WCC060", "the clock here agrees with the API server's", CLOCKS;
    /// Our clock is that of who writes.
    FUTURE = "WCC061", "nothing was written in the future", CLOCKS;
    /// Before an install: nobody else's definitions.
    FOREIGN = "WCC080", "no other definitions of runtime.wasmcloud.dev are there",
        "`kubectl wasmcloud install --dry-run=server` shows whether they go together";
    /// Before an install: definitions may be made.
    MAY_DEFINE = "WCC081", "you may create CustomResourceDefinitions",
        "`kubectl wasmcloud crds` prints them for who may";
    /// Before an install: a controller may be made.
    MAY_INSTALL = "WCC082", "you may create what a controller in the cluster needs",
        "`kubectl wasmcloud install --controller --image=IMAGE --export` prints it for who may";
    /// Before an install: nobody else is at work.
    VACANT = "WCC083", "no controller is in charge yet",
        "both respect the Lease: ours waits until the other is stopped, and takes its objects over as they are";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::names::{GROUP, VERSION};

    #[test]
    fn each_code_is_there_once_and_in_order() {
        assert!(ALL.windows(2).all(|pair| pair[0].code < pair[1].code));
        assert!(ALL.iter().all(|code| !code.title.is_empty() && !code.hint.is_empty()));
    }

    #[test]
    fn pages_have_their_title_and_all_parts() {
        for code in ALL {
            assert!(code.page.starts_with(&format!("# {}: {}\n\n", code.code, code.title)), "{}", code.code);
            for part in ["\n## How to see it\n\n```sh\n", "\n## What to do\n\n"] {
                assert!(code.page.contains(part), "{} lacks {part}", code.code);
            }
        }
    }

    #[test]
    fn what_they_name_is_what_is_checked() {
        assert!(SERVED.title.ends_with(VERSION) && FOREIGN.title.contains(GROUP));
    }
}
