//! What `.ci/release` packs: installed by krew and by hand, it is what kubectl finds.

use std::path::Path;
use std::process::Command;

use super::cluster::{binary, ok};

/// The built program, without the symbols that only debuggers read.
fn stripped(dir: &Path) -> String {
    let path = dir.join("stripped").display().to_string();
    ok(Command::new("strip").args(["-o", &path, env!("CARGO_BIN_EXE_kubectl-wasmcloud")]).output().unwrap());
    path
}

/// What the real kubectl makes of the plugin that it finds in a directory.
fn version_by_kubectl(plugins: &Path) -> String {
    let mut kubectl = Command::new(binary("kubectl"));
    kubectl.env_clear().env("PATH", plugins).args(["wasmcloud", "version", "--client"]);
    ok(kubectl.output().unwrap())
}

#[test]
#[ignore = "real servers"]
fn krew_and_a_person_install_what_one_command_builds() {
    let dir = tempfile::tempdir().unwrap();
    let release = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/release");
    let build = |out: &str| {
        let mut release = Command::new(&release);
        release.env("BINARY", stripped(dir.path())).arg("https://releases.example.com/v0").arg(dir.path().join(out));
        ok(release.output().unwrap())
    };
    let built = build("out");
    let [archive, manifest] = built.lines().collect::<Vec<_>>()[..] else { panic!("{built}") };
    let again = build("again").lines().next().unwrap().to_owned();
    assert!(std::fs::read(archive).unwrap() == std::fs::read(again).unwrap(), "the same input gives the same archive");

    let expected = format!("Client Version: v{}\n", env!("CARGO_PKG_VERSION"));
    let root = dir.path().join("krew");
    let mut krew = Command::new(binary("krew"));
    krew.env("HOME", dir.path()).env("KREW_ROOT", &root).env("KREW_NO_UPGRADE_CHECK", "1");
    ok(krew.args(["install", "--manifest", manifest, "--archive", archive]).output().unwrap());
    assert_eq!(version_by_kubectl(&root.join("bin")), expected);

    let by_hand = dir.path().join("by-hand");
    std::fs::create_dir(&by_hand).unwrap();
    let mut tar = Command::new("tar");
    ok(tar.args(["--extract", "--strip-components=1", "--file", archive]).arg("-C").arg(&by_hand).output().unwrap());
    assert_eq!(version_by_kubectl(&by_hand), expected);
    for file in
        ["README.md", "kubectl_complete-wasmcloud", "completions/kubectl-wasmcloud.bash", "man/kubectl-wasmcloud.1"]
    {
        assert!(by_hand.join(file).is_file(), "{file}");
    }
}
