//! `wasi:logging`: a component's log is a part of the process's log, under the target `workload`.

use wasmtime::component::{HasSelf, Linker};

use super::guest::Guest;
use super::log::bounded;

/// Bytes of a message that are kept.
const MESSAGE: usize = 8 * 1024;

mod generated {
    wasmtime::component::bindgen!({
        inline: "
            package wasi:logging@0.1.0-draft;
            interface logging {
                enum level { trace, debug, info, warn, error, critical }
                log: func(level: level, context: string, message: string);
            }
            world imports { import logging; }
        ",
    });
}

use generated::wasi::logging::logging::{self, Level};

impl logging::Host for Guest {
    fn log(&mut self, level: Level, context: String, message: String) {
        let log = &self.program().log;
        if !log.admits() {
            return;
        }
        let (workload, component) = (log.workload(), self.spec().name.as_str());
        let message = bounded(&message, MESSAGE);
        macro_rules! tell {
            ($level:ident) => {
                tracing::$level!(target: "workload", workload, component, context, "{message}")
            };
        }
        match level {
            Level::Trace => tell!(trace),
            Level::Debug => tell!(debug),
            Level::Info => tell!(info),
            Level::Warn => tell!(warn),
            Level::Error | Level::Critical => tell!(error),
        }
    }
}

/// Gives it to components.
pub(super) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    logging::add_to_linker::<_, HasSelf<Guest>>(linker, |guest| guest)
}
