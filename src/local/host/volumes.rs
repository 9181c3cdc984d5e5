//! The directories of a workload: those of the machine, and those that live as long as it does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::program::Mount;
use super::source::private_directory;
use super::start::StartError;
use crate::hosts::wire::{LocalResources, Volume};

/// The volumes of a workload; dropping them removes those that were its own.
pub(super) struct Volumes {
    directories: BTreeMap<String, PathBuf>,
    own: Option<PathBuf>,
}

impl Volumes {
    /// Finds or makes the directories.
    pub(super) fn prepare(scratch: &Path, base: &Path, id: &str, volumes: &[Volume]) -> Result<Self, StartError> {
        let mut prepared = Self { directories: BTreeMap::new(), own: None };
        let own = scratch.join(directory_of(id));
        for (number, volume) in volumes.iter().enumerate() {
            let failed = |reason: String| StartError::Volume { volume: volume.name.clone(), reason };
            let directory = match (&volume.host_path, &volume.empty_dir) {
                (Some(path), None) => existing(&base.join(&path.local_path)).map_err(failed)?,
                (None, Some(_)) => {
                    let directory = own.join(number.to_string());
                    prepared.own = Some(own.clone());
                    private_directory(&directory).map_err(|error| failed(error.to_string()))?;
                    directory
                }
                _ => return Err(failed("it needs either hostPath or emptyDir".to_owned())),
            };
            if prepared.directories.insert(volume.name.clone(), directory).is_some() {
                return Err(failed("the name is there twice".to_owned()));
            }
        }
        Ok(prepared)
    }

    /// What a component mounts.
    pub(super) fn mounts(&self, what: &str, resources: Option<&LocalResources>) -> Result<Vec<Mount>, StartError> {
        let mounts = resources.into_iter().flat_map(|resources| &resources.volume_mounts);
        let mount = |mount: &crate::hosts::wire::VolumeMount| match self.directories.get(&mount.name) {
            Some(source) => {
                Ok(Mount { source: source.clone(), target: mount.mount_path.clone(), read_only: mount.read_only })
            }
            None => Err(StartError::UnknownVolume { what: what.to_owned(), volume: mount.name.clone() }),
        };
        mounts.map(mount).collect()
    }
}

impl Drop for Volumes {
    fn drop(&mut self) {
        if let Some(own) = &self.own
            && let Err(error) = std::fs::remove_dir_all(own)
        {
            tracing::warn!(directory = %own.display(), %error, "a workload's own volumes are left behind");
        }
    }
}

fn existing(path: &Path) -> Result<PathBuf, String> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(path.to_owned()),
        Ok(_) => Err(format!("HostPath volume '{}' does not exist or is not a directory", path.display())),
        Err(error) => {
            Err(format!("HostPath volume '{}' does not exist or is not a directory: {error}", path.display()))
        }
    }
}

/// A name for a directory that no id can lead elsewhere with.
fn directory_of(id: &str) -> String {
    let clean: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect();
    format!("{clean}-{}", uuid::Uuid::new_v4())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::wire::{EmptyDirVolume, HostPathVolume, VolumeMount};

    fn empty(name: &str) -> Volume {
        Volume { name: name.into(), empty_dir: Some(EmptyDirVolume {}), ..Volume::default() }
    }

    fn host(name: &str, path: &str) -> Volume {
        let host_path = Some(HostPathVolume { local_path: path.into() });
        Volume { name: name.into(), host_path, ..Volume::default() }
    }

    #[test]
    fn a_workloads_own_directories_go_with_it() {
        let home = tempfile::tempdir().unwrap();
        let volumes = [empty("a"), empty("b"), host("c", ".")];
        let prepared = Volumes::prepare(&home.path().join("s"), home.path(), "../id", &volumes).unwrap();
        let mount = |name: &str| VolumeMount { name: name.into(), mount_path: format!("/{name}"), read_only: true };
        let resources = |name| LocalResources { volume_mounts: vec![mount(name)], ..LocalResources::default() };
        let mounts = prepared.mounts("it", Some(&resources("a"))).unwrap();
        assert!(mounts[0].source.starts_with(home.path().join("s")) && mounts[0].source.is_dir());
        assert_eq!((mounts[0].target.as_str(), mounts[0].read_only), ("/a", true));
        let error = prepared.mounts("component 'x'", Some(&resources("z"))).unwrap_err().to_string();
        assert_eq!(error, "component 'x' mounts the volume `z`, which the workload does not have");
        drop(prepared);
        assert!(!mounts[0].source.exists() && home.path().is_dir());
    }

    #[test]
    fn what_is_no_volume_is_named() {
        let home = tempfile::tempdir().unwrap();
        let error =
            |volumes: &[Volume]| Volumes::prepare(home.path(), home.path(), "id", volumes).err().unwrap().to_string();
        assert!(error(&[host("v", "missing")]).starts_with("volume `v`: HostPath volume '"));
        assert!(error(&[host("v", "missing")]).contains("No such file"));
        assert_eq!(
            error(&[Volume { name: "v".into(), ..Volume::default() }]),
            "volume `v`: it needs either hostPath or emptyDir"
        );
        assert_eq!(error(&[empty("v"), empty("v")]), "volume `v`: the name is there twice");
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "a start that failed leaves nothing");
    }
}
