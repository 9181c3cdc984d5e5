//! Directories, locks, keys and kubeconfigs.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use jiff::{SignedDuration, Timestamp};

use super::access::{Access, Token};
use super::*;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A directory below a temporary one.
fn fresh() -> (tempfile::TempDir, Directory) {
    let root = tempfile::tempdir().unwrap();
    let directory = Directory::open(&root.path().join("a/b")).unwrap();
    (root, directory)
}

#[test]
fn the_usual_place_is_xdgs() {
    let place = |variables: &[(&str, &str)]| {
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
        Directory::usual(&Environment::new(variables)).map(|path| path.display().to_string())
    };
    assert_eq!(place(&[("XDG_DATA_HOME", "/d"), ("HOME", "/h")]).unwrap(), "/d/kubectl-wasmcloud/local");
    for ignored in ["", "relative"] {
        let home = place(&[("XDG_DATA_HOME", ignored), ("HOME", "/h")]).unwrap();
        assert_eq!(home, "/h/.local/share/kubectl-wasmcloud/local");
    }
    assert!(matches!(place(&[("HOME", "")]), Err(DirectoryError::NoHome)));
}

#[test]
fn a_directory_is_made_private_and_belongs_to_nobody_else() {
    let (root, directory) = fresh();
    assert_eq!(mode(directory.path()), 0o700);
    assert!(Directory::existing(directory.path()).is_none());
    drop(directory.lock().unwrap());
    assert!(Directory::existing(directory.path()).is_some());
    std::fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    Directory::open(directory.path()).unwrap();
    assert_eq!(mode(directory.path()), 0o700);
    let theirs = root.path().join("theirs");
    std::fs::create_dir(&theirs).unwrap();
    std::fs::set_permissions(&theirs, Permissions::from_mode(0o755)).unwrap();
    std::fs::write(theirs.join("thesis.txt"), "").unwrap();
    assert!(matches!(Directory::open(&theirs), Err(DirectoryError::NotOurs(_))));
    assert_eq!(mode(&theirs), 0o755);
    let error = Directory::open(&theirs.join("thesis.txt/x")).unwrap_err().to_string();
    let error = error.replace(root.path().to_str().unwrap(), "ROOT");
    insta::assert_snapshot!(error, @"cannot create the directory ROOT/theirs/thesis.txt/x");
}

#[test]
fn one_process_has_a_directory_and_is_named() {
    let (root, directory) = fresh();
    assert_eq!(directory.holder().unwrap(), None);
    let lock = directory.lock().unwrap();
    let own = std::process::id();
    assert_eq!(directory.holder().unwrap(), Some(Some(own)));
    let error = directory.lock().unwrap_err();
    let words = |text: String| text.replace(root.path().to_str().unwrap(), "ROOT").replace(&own.to_string(), "PID");
    insta::assert_snapshot!(words(error.to_string()), @"a local control plane runs in ROOT/a/b already, as process PID");
    insta::assert_snapshot!(words(error.help().unwrap()), @"use it with --local=ROOT/a/b, stop it with Ctrl-C or `kill PID`, or name another directory with --dir");
    std::fs::write(directory.path().join(LOCK), "nonsense").unwrap();
    assert_eq!(directory.holder().unwrap(), Some(None));
    insta::assert_snapshot!(words(directory.lock().unwrap_err().to_string()), @"a local control plane runs in ROOT/a/b already");
    drop(lock);
    assert_eq!(directory.holder().unwrap(), None);
    directory.lock().unwrap();
}

#[test]
fn a_certificate_is_kept_until_its_last_month() {
    let (_root, directory) = fresh();
    let first = directory.certificate(now()).unwrap();
    let path = directory.path().join("certificate.json");
    assert_eq!(mode(&path), 0o600);
    assert_eq!(directory.certificate(now() + SignedDuration::from_hours(330 * 24)).unwrap(), first);
    let later = now() + SignedDuration::from_hours(336 * 24);
    let second = directory.certificate(later).unwrap();
    assert_ne!(second.certificate, first.certificate);
    assert_eq!(directory.certificate(later).unwrap(), second);
    assert_ne!(directory.certificate(now()).unwrap(), second, "not good yet");
    std::fs::write(&path, "{}").unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    let mended = directory.certificate(now()).unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(directory.certificate(now()).unwrap(), mended);
    assert!(!format!("{mended:?}").contains("PRIVATE"));
}

fn access(port: u16) -> Access {
    Access { port, token: Token::random().unwrap(), authority: "-----BEGIN\n".to_owned() }
}

#[test]
fn a_kubeconfig_says_how_to_get_in_and_only_to_its_owner() {
    let (_root, directory) = fresh();
    assert_eq!(directory.access().unwrap(), None);
    let access = access(4711);
    directory.give_access(&access).unwrap();
    let path = directory.kubeconfig();
    assert_eq!(directory.access().unwrap(), Some(access.clone()));
    assert_eq!(mode(&path), 0o600);
    let text = std::fs::read_to_string(&path).unwrap();
    insta::assert_snapshot!(text.replace(access.token.reveal(), "TOKEN"), @r"
    apiVersion: v1
    kind: Config
    clusters:
    - name: local
      cluster:
        server: https://127.0.0.1:4711
        certificate-authority-data: LS0tLS1CRUdJTgo=
    users:
    - name: local
      user:
        token: TOKEN
    contexts:
    - name: local
      context:
        cluster: local
        user: local
        namespace: default
    current-context: local
    ");
    let kubeconfig = kube::config::Kubeconfig::from_yaml(&text).unwrap();
    assert_eq!(kubeconfig.current_context.as_deref(), Some("local"));
    let edited = text.replace("namespace: default", "namespace: mine").replace("users:\n", "users:\n- name: other\n");
    std::fs::write(&path, &edited).unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    directory.give_access(&access).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), edited);
    assert_eq!(mode(&path), 0o600);
    directory.give_access(&Access { port: 4712, ..access.clone() }).unwrap();
    assert_eq!(directory.access().unwrap().unwrap().port, 4712);
    for (what, broken) in [
        ("nonsense", "x: [".to_owned()),
        ("a token to guess", text.replace(access.token.reveal(), "letmein")),
        ("another server", text.replace("https://127.0.0.1:4711", "https://example.com:6443")),
    ] {
        std::fs::write(&path, broken).unwrap();
        assert_eq!(directory.access().unwrap(), None, "{what}");
    }
}

#[test]
fn tokens_are_compared_as_a_whole_and_not_shown() {
    let token = Token::random().unwrap();
    let text = token.reveal().to_owned();
    assert_eq!(text.len(), 43);
    assert!(token.is(text.as_bytes()));
    assert!(!token.is(&text.as_bytes()[..42]));
    assert!(!token.is(b""));
    assert!(!token.is(format!("{text}x").as_bytes()));
    assert!(!token.is(Token::random().unwrap().reveal().as_bytes()));
    assert!(!format!("{token:?}").contains(&text));
}

#[test]
fn what_cannot_be_written_is_named_with_the_way_out() {
    let (_root, directory) = fresh();
    std::fs::create_dir_all(directory.kubeconfig().join("in the way")).unwrap();
    let error = directory.give_access(&access(1)).unwrap_err();
    assert!(matches!(error, DirectoryError::Io { doing: "read", .. }), "{error:?}");
    let help = |kind: io::ErrorKind| DirectoryError::io("write", Path::new("/d/x"))(kind.into()).help();
    insta::assert_snapshot!(help(io::ErrorKind::ReadOnlyFilesystem).unwrap(), @"--dir names another directory, one that you own and may write to");
    insta::assert_snapshot!(help(io::ErrorKind::StorageFull).unwrap(), @"make room there, or name a directory on another disk with --dir");
    assert_eq!(help(io::ErrorKind::Other), None);
}
