//! The name of an interface.

use std::fmt;
use std::str::FromStr;

use semver::Version;

/// Bytes that the name of an interface may have; Kubernetes lets each of its parts have 128.
const LENGTH: usize = 512;

/// The name of an interface: `wasi:http/outgoing-handler@0.2.2`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interface {
    /// Who has made the package: `wasi`.
    pub namespace: String,
    /// Its package: `http`.
    pub package: String,
    /// Its own name: `outgoing-handler`.
    pub name: String,
    /// The version of the package.
    pub version: Option<Version>,
}

/// Why a text names no interface.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` names no interface: {reason}")]
pub struct InterfaceError {
    text: String,
    reason: String,
}

impl Interface {
    /// Whether it is that one, in any version.
    pub fn is(&self, namespace: &str, package: &str, name: &str) -> bool {
        self.is_of(namespace, package) && self.name == name
    }

    /// Whether it is one of that package, in any version.
    pub fn is_of(&self, namespace: &str, package: &str) -> bool {
        self.namespace == namespace && self.package == package
    }

    /// Whether one that is offered can stand for it: the same one, in a version that fits where both have one.
    pub fn fits(&self, offered: &Self) -> bool {
        let versions = self.version.as_ref().zip(offered.version.as_ref());
        offered.is(&self.namespace, &self.package, &self.name)
            && versions.is_none_or(|(wanted, offered)| compatible(wanted, offered))
    }

    /// Whether who exports it answers HTTP requests.
    pub fn is_http_handler(&self) -> bool {
        self.is_of("wasi", "http") && matches!(self.name.as_str(), "incoming-handler" | "handler")
    }

    /// Whether who imports it sends HTTP requests.
    pub fn is_http_client(&self) -> bool {
        self.is_of("wasi", "http") && matches!(self.name.as_str(), "outgoing-handler" | "client")
    }
}

/// Packages of `wasi` that every wasmCloud host has built in and therefore does not list.
const BUILT_IN: [&str; 7] = ["cli", "io", "clocks", "random", "filesystem", "sockets", "http"];

/// Whether every wasmCloud host has a package built in.
pub fn is_built_in(namespace: &str, package: &str) -> bool {
    namespace == "wasi" && BUILT_IN.contains(&package)
}

/// Whether one version can stand for another: as semver has it, and a version before a release only for itself.
pub fn compatible(wanted: &Version, offered: &Version) -> bool {
    if !wanted.pre.is_empty() || !offered.pre.is_empty() {
        return wanted.cmp_precedence(offered).is_eq();
    }
    match (wanted.major, wanted.minor) {
        (0, 0) => wanted.cmp_precedence(offered).is_eq(),
        (0, minor) => (offered.major, offered.minor) == (0, minor),
        (major, _) => offered.major == major,
    }
}

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.namespace, self.package, self.name)?;
        match &self.version {
            Some(version) => write!(f, "@{version}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Interface {
    type Err = InterfaceError;

    fn from_str(text: &str) -> Result<Self, InterfaceError> {
        let wrong = |reason: &str| InterfaceError { text: shown(text), reason: reason.to_owned() };
        if text.len() > LENGTH {
            return Err(wrong("it is too long"));
        }
        let (path, version) = match text.split_once('@') {
            Some((path, version)) => (path, Some(version)),
            None => (text, None),
        };
        let version =
            version.map(Version::parse).transpose().map_err(|error| wrong(&format!("its version: {error}")))?;
        let shape = || wrong("it has the form NAMESPACE:PACKAGE/NAME or NAMESPACE:PACKAGE/NAME@VERSION");
        let (package, name) = path.split_once('/').ok_or_else(shape)?;
        let (namespace, package) = package.split_once(':').ok_or_else(shape)?;
        if ![namespace, package, name].into_iter().all(is_label) {
            return Err(shape());
        }
        Ok(Self { namespace: namespace.to_owned(), package: package.to_owned(), name: name.to_owned(), version })
    }
}

/// A name from outside as it may be shown: in one line, and no longer than lines are.
pub(super) fn shown(text: &str) -> String {
    let escaped: String = text.chars().take(100).flat_map(char::escape_debug).collect();
    if text.chars().nth(100).is_some() { format!("{escaped}…") } else { escaped }
}

/// Whether it is made as names in WIT are: letters, digits and dashes, a letter first.
fn is_label(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for text in
            ["wasi:http/outgoing-handler@0.2.2", "wasi:config/store@0.2.0-rc.1", "a:b/c", "wasi:io/error@1.0.0+x"]
        {
            assert_eq!(text.parse::<Interface>().unwrap().to_string(), text);
        }
        let interface: Interface = "wasi:keyvalue/store@0.2.0-draft".parse().unwrap();
        assert!(interface.is("wasi", "keyvalue", "store") && !interface.is("wasi", "keyvalue", "atomics"));
        assert_eq!(interface.version.unwrap().pre.as_str(), "draft");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in
            ["", "run", "a:b", "a/b", "a:b/", ":b/c", "a:/c", "a:b/c/d", "a:b:c/d", "a:b/c d", "a:b/c@", "a:b/c@1"]
        {
            let error = text.parse::<Interface>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{text}` names no interface: ")), "{error}");
        }
    }

    #[test]
    fn what_comes_from_outside_is_shown_in_one_short_line() {
        assert_eq!(shown("a\u{1b}[31m\nb"), "a\\u{1b}[31m\\nb");
        let long = format!("a:b/{}", "x".repeat(LENGTH));
        let error = long.parse::<Interface>().unwrap_err().to_string();
        assert!(error.len() < 200 && error.contains("x…` names no interface: it is too long"), "{error}");
    }

    #[test]
    fn versions_fit_as_semver_has_it() {
        let fit = |wanted: &str, offered: &str| compatible(&wanted.parse().unwrap(), &offered.parse().unwrap());
        for (wanted, offered) in [("0.2.0", "0.2.12"), ("0.2.12", "0.2.0"), ("1.0.0", "1.9.0"), ("0.0.1", "0.0.1")] {
            assert!(fit(wanted, offered), "{wanted} {offered}");
        }
        for (wanted, offered) in [("0.2.0", "0.3.0"), ("1.0.0", "2.0.0"), ("0.0.1", "0.0.2"), ("0.2.0", "1.2.0")] {
            assert!(!fit(wanted, offered), "{wanted} {offered}");
        }
        assert!(fit("0.2.0-draft", "0.2.0-draft") && fit("0.2.0-draft", "0.2.0-draft+built"));
        for (wanted, offered) in [("0.2.0", "0.2.0-draft"), ("0.2.0-draft", "0.2.0"), ("0.2.0-draft", "0.2.1-draft")] {
            assert!(!fit(wanted, offered), "{wanted} {offered}");
        }
    }

    #[test]
    fn one_fits_another_of_its_name() {
        let fits = |wanted: &str, offered: &str| {
            let wanted: Interface = wanted.parse().unwrap();
            wanted.fits(&offered.parse().unwrap())
        };
        assert!(fits("a:b/c@1.0.0", "a:b/c@1.1.0") && fits("a:b/c", "a:b/c@1.1.0") && fits("a:b/c@1.0.0", "a:b/c"));
        assert!(!fits("a:b/c@1.0.0", "a:b/c@2.0.0") && !fits("a:b/c", "a:b/d") && !fits("a:b/c", "a:x/c"));
    }

    #[test]
    fn both_generations_of_http_are_known() {
        let all = |names: [&str; 2], is: fn(&Interface) -> bool| {
            names.into_iter().all(|name| is(&format!("wasi:http/{name}").parse().unwrap()))
        };
        assert!(all(["incoming-handler@0.2.0", "handler@0.3.0"], Interface::is_http_handler));
        assert!(all(["outgoing-handler@0.2.0", "client@0.3.0"], Interface::is_http_client));
        assert!(!"wasi:http/types".parse::<Interface>().unwrap().is_http_handler());
        assert!(!"other:http/client".parse::<Interface>().unwrap().is_http_client());
    }
}
