//! Directories of the user that other programs have agreed on.

use std::path::PathBuf;

use super::Environment;

impl Environment {
    /// The directory of docker's configuration.
    pub fn docker_directory(&self) -> Option<PathBuf> {
        self.path("DOCKER_CONFIG").or_else(|| Some(self.home()?.join(".docker")))
    }

    /// The directory in which this program keeps what it can fetch again.
    pub fn cache_directory(&self) -> Option<PathBuf> {
        // What is no absolute path is to be ignored, says the specification of it.
        let shared = self.path("XDG_CACHE_HOME").filter(|path| path.is_absolute());
        let shared = shared.or_else(|| if cfg!(windows) { self.path("LOCALAPPDATA") } else { None });
        let below = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
        Some(shared.or_else(|| Some(self.home()?.join(below)))?.join("kubectl-wasmcloud"))
    }

    fn home(&self) -> Option<PathBuf> {
        self.path(if cfg!(windows) { "USERPROFILE" } else { "HOME" })
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.get_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    }
}

#[cfg(test)]
#[cfg(not(windows))]
mod tests {
    use std::path::Path;

    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::new(variables.iter().map(|(name, value)| ((*name).into(), (*value).into())))
    }

    #[test]
    fn variables_win_over_the_home_directory() {
        let all = environment(&[("HOME", "/h"), ("DOCKER_CONFIG", "/d"), ("XDG_CACHE_HOME", "/c")]);
        assert_eq!(all.docker_directory().unwrap(), Path::new("/d"));
        assert_eq!(all.cache_directory().unwrap(), Path::new("/c/kubectl-wasmcloud"));
        let home = environment(&[("HOME", "/h"), ("DOCKER_CONFIG", ""), ("XDG_CACHE_HOME", "relative")]);
        assert_eq!(home.docker_directory().unwrap(), Path::new("/h/.docker"));
        assert!(
            home.cache_directory().unwrap().starts_with("/h")
                && home.cache_directory().unwrap().ends_with("kubectl-wasmcloud")
        );
        assert_eq!((environment(&[]).docker_directory(), environment(&[]).cache_directory()), (None, None));
    }
}
