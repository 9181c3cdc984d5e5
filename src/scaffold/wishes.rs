//! What the flags ask for.

use std::collections::BTreeMap;

use regex::Regex;

use crate::api::{ALLOWED_HOST, EphemeralVolume, HostPathVolume, Volume, VolumeMount};
use crate::schema::metadata::dns_label;
use crate::validate::http_name;

/// The flags' words, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// `--image`: a component named after the object, or its service, as its WIT says.
    pub image: Option<String>,
    /// `--component`: names and images.
    pub components: Vec<(String, String)>,
    /// `--service-image`.
    pub service: Option<String>,
    /// `--replicas`.
    pub replicas: Option<i32>,
    /// `--http-host`: the host, and others that it answers to as well.
    pub http_hosts: Vec<String>,
    /// `--env`.
    pub env: BTreeMap<String, String>,
    /// `--config`.
    pub config: BTreeMap<String, String>,
    /// `--config-from`.
    pub config_from: Vec<String>,
    /// `--secret-from`.
    pub secret_from: Vec<String>,
    /// `--pull-secret`.
    pub pull_secret: Option<String>,
    /// `--volume`.
    pub volumes: Vec<Mount>,
    /// `--host-group`.
    pub host_group: Option<String>,
    /// `--environment`.
    pub environment: Option<String>,
    /// `--expose`: the port.
    pub expose: Option<u16>,
    /// `--allow-host`.
    pub allowed_hosts: Vec<String>,
}

/// A volume, and where every component sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The volume.
    pub volume: Volume,
    /// Where it is seen.
    pub mount: VolumeMount,
}

/// Reads `KEY=VALUE`.
///
/// # Errors
/// When there is no key.
pub fn pair(word: &str) -> Result<(String, String), String> {
    match word.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("it is KEY=VALUE".to_owned()),
    }
}

/// Reads a host that requests may be sent to.
///
/// # Errors
/// When it is none.
pub fn allowed_host(word: &str) -> Result<String, String> {
    let fits = Regex::new(ALLOWED_HOST).is_ok_and(|pattern| pattern.is_match(word));
    let forms = "it is HOST, HOST:PORT, *.SUFFIX or *, perhaps with SCHEME:// before it; no path";
    fits.then(|| word.to_owned()).ok_or_else(|| forms.to_owned())
}

/// Reads a host whose requests a workload answers: its name, in small letters.
///
/// # Errors
/// When it is none, or has more than a name.
pub fn http_host(word: &str) -> Result<String, String> {
    match http_name(word) {
        Some(name) if name == word => Ok(word.to_ascii_lowercase()),
        Some(name) => Err(format!("it is a name without scheme, port and path: write {name}")),
        None => {
            Err("it is a name such as web.example.com, of letters, digits, - and dots; there are no wildcards"
                .to_owned())
        }
    }
}

/// Reads `SOURCE:PATH[:ro]`, where SOURCE is a name, or the path of what the host has.
///
/// # Errors
/// When it is of another form, or the name is none.
pub fn volume(word: &str) -> Result<Mount, String> {
    let (word, read_only) = word.strip_suffix(":ro").map_or((word, None), |word| (word, Some(true)));
    let Some((source, path)) =
        word.split_once(':').filter(|(source, path)| !source.is_empty() && path.starts_with('/'))
    else {
        return Err("it is NAME:PATH or HOSTPATH:PATH, perhaps with :ro, and PATH begins with /".to_owned());
    };
    let (name, host_path) = match source.starts_with('/') {
        true => (label_of(source), Some(HostPathVolume { path: source.to_owned() })),
        false => (source.to_owned(), None),
    };
    if let Some(wrong) = dns_label(&name).first() {
        return Err(format!("\"{name}\" is no name of a volume: {wrong}"));
    }
    let ephemeral = host_path.is_none().then_some(EphemeralVolume {});
    let mount = VolumeMount { name: name.clone(), mount_path: path.to_owned(), read_only };
    Ok(Mount { volume: Volume { name, ephemeral, host_path }, mount })
}

/// A DNS label made of the last part of a path.
pub(super) fn label_of(path: &str) -> String {
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let label: String = last.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(63).collect();
    match label.trim_matches('-') {
        "" => "data".to_owned(),
        label => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_have_a_key() {
        assert_eq!(pair("A=b=c").unwrap(), ("A".to_owned(), "b=c".to_owned()));
        assert_eq!(pair("A=").unwrap().1, "");
        assert!(pair("=b").is_err() && pair("A").is_err());
    }

    #[test]
    fn hosts_have_no_path() {
        for host in ["*", "a.example", "*.example.com:8443", "https://a.example/"] {
            assert_eq!(allowed_host(host).unwrap(), host);
        }
        assert!(["", "https://a.example/path", "*a"].iter().all(|host| allowed_host(host).is_err()));
    }

    #[test]
    fn volumes_are_directories_of_the_workload_or_of_the_host() {
        let own = volume("cache:/tmp/cache").unwrap();
        assert_eq!((own.volume.name.as_str(), own.volume.ephemeral.is_some()), ("cache", true));
        assert_eq!(own.mount.read_only, None);
        let host = volume("/srv/My_Data/:/data:ro").unwrap();
        assert_eq!(host.volume.name, "my-data");
        assert_eq!(host.volume.host_path.unwrap().path, "/srv/My_Data/");
        assert_eq!((host.mount.mount_path.as_str(), host.mount.read_only), ("/data", Some(true)));
        assert_eq!(volume("/:/data").unwrap().volume.name, "data");
        for wrong in ["", "cache", "cache:tmp", ":/tmp", "UPPER:/tmp", "a b:/x"] {
            assert!(volume(wrong).is_err(), "{wrong}");
        }
    }
}
