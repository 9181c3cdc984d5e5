//! What a WebAssembly component imports and exports, read from its bytes.
//!
//! Only the types, imports, exports and aliases of the outermost component are read. Code and data, which are nearly all
//! of it, are stepped over: how large they are makes no difference.

mod interface;
mod reading;
mod scope;
#[cfg(test)]
mod tests;

pub use interface::{Interface, InterfaceError, compatible, is_built_in};

/// What a component wants and what it gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Component {
    /// Interfaces that somebody must give to it.
    pub imports: Vec<Interface>,
    /// Interfaces that somebody must give to it, each under a name that the component chose: it may import one several
    /// times, and be given it by somebody else each time.
    pub labelled: Vec<Labelled>,
    /// Interfaces of which it takes nothing but the shapes of values. Nobody has to give those.
    pub shapes: Vec<Interface>,
    /// Interfaces that it gives to others.
    pub exports: Vec<Interface>,
    /// Names that it imports outside of any interface. No host gives such.
    pub bare: Vec<String>,
}

/// An import with a name of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Labelled {
    /// Its name.
    pub label: String,
    /// What it is of.
    pub interface: Interface,
}

/// Why bytes are no component.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComponentError {
    /// They are something else.
    #[error("it is not WebAssembly")]
    NotWasm,
    /// They are WebAssembly as text.
    #[error("it is WebAssembly as text, not as bytes")]
    Text,
    /// They are the older kind of WebAssembly.
    #[error("it is a core module, not a component")]
    CoreModule,
    /// They describe interfaces and hold no code.
    #[error("it is a WIT package, which describes interfaces, not a component")]
    WitPackage,
    /// They are WebAssembly of a kind that nobody has made when this was written.
    #[error("it is WebAssembly of an unknown version")]
    UnknownVersion,
    /// They end too early.
    #[error("it is cut off after {0} bytes")]
    Truncated(usize),
    /// They are damaged.
    #[error("it is damaged: {0}")]
    Malformed(String),
    /// Its types are more than any component needs.
    #[error("its types, imports and exports are more than {} MiB", reading::LIMIT / 1024 / 1024)]
    TooLarge,
}

impl ComponentError {
    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::NotWasm => Some("give the .wasm file that the build has made"),
            Self::Text => Some("make bytes of it: wasm-tools parse FILE.wat -o FILE.wasm"),
            Self::CoreModule => Some(
                "build it for wasm32-wasip2, or make a component of it: wasm-tools component new MODULE.wasm -o COMPONENT.wasm",
            ),
            Self::WitPackage => Some("give the component that the build has made, not its WIT"),
            Self::Truncated(_) | Self::Malformed(_) => Some("build or download it anew"),
            Self::UnknownVersion | Self::TooLarge => None,
        }
    }
}

impl Component {
    /// Reads a component.
    ///
    /// # Errors
    /// When the bytes are none.
    pub fn read(bytes: &[u8]) -> Result<Self, ComponentError> {
        reading::read(bytes)
    }

    /// Every interface that somebody must give to it, under whatever name.
    pub fn given(&self) -> impl Iterator<Item = &Interface> {
        self.imports.iter().chain(self.labelled.iter().map(|import| &import.interface))
    }

    /// Every interface that it has to do with.
    pub fn all(&self) -> impl Iterator<Item = &Interface> {
        self.given().chain(&self.shapes).chain(&self.exports)
    }

    /// Whether it can be the service of a workload: it exports `wasi:cli/run`.
    pub fn is_service(&self) -> bool {
        self.exports.iter().any(|export| export.is("wasi", "cli", "run"))
    }

    /// Whether it answers HTTP requests: it exports `wasi:http/incoming-handler`, or `wasi:http/handler` since WASI 0.3.
    pub fn is_http_handler(&self) -> bool {
        self.exports.iter().any(Interface::is_http_handler)
    }

    /// Whether it sends HTTP requests: it imports `wasi:http/outgoing-handler`, or `wasi:http/client` since WASI 0.3.
    pub fn is_http_client(&self) -> bool {
        self.given().any(Interface::is_http_client)
    }
}
