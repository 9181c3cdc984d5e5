//! The golden traces, a test each. See [`super::golden`].

/// Makes of each trace a test against the local server and one against the real one.
macro_rules! traces {
    ($($name:ident),* $(,)?) => {
        mod local {
            $(
                #[test]
                fn $name() {
                    crate::conformance::against_local(stringify!($name), |server| {
                        Box::pin(crate::conformance::golden::replay(server, stringify!($name)))
                    });
                }
            )*
        }
        mod real {
            $(
                #[test]
                #[ignore = "real servers"]
                fn $name() {
                    crate::conformance::against_real(stringify!($name), |server| {
                        Box::pin(crate::conformance::golden::replay(server, stringify!($name)))
                    });
                }
            )*
        }
    };
}

traces! {
    apply_against_updates,
    apply_configmap,
    apply_lists,
    apply_maps,
    apply_refused,
    core_kinds,
    crd_lifecycle,
    crd_refused,
    deletion,
    dry_run,
    field_validation,
    managed_fields,
    namespace_end,
    patches_core,
    patches_custom,
    refused,
    subresources,
    subresources_absent,
    tables_core,
    tables_custom,
    validation,
}
