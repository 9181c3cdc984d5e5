//! Programs that know credentials: `docker-credential-NAME`, asked as docker asks them.

use std::ffi::OsStr;
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use crate::hosts::wire::ImagePullSecret;

/// Bytes of an answer that are read.
const LIMIT: u64 = 64 * 1024;
/// In place of a user: what comes with it is no password, but is to be exchanged for one.
const TOKEN: &str = "<token>";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

/// Asks for the credentials of a registry; `None` when the program has none. `path` is where programs are.
///
/// # Errors
/// Says what went wrong, never with what the program has said: it may hold secrets.
pub(super) async fn ask(
    helper: &str,
    server: &str,
    path: Option<&OsStr>,
    patience: Duration,
) -> Result<Option<ImagePullSecret>, String> {
    let name = format!("docker-credential-{helper}");
    if !helper.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')) {
        return Err(format!("`{name}` is no name of a program"));
    }
    let mut command = Command::new(&name);
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    if let Some(path) = path {
        command.env("PATH", path);
    }
    let child = command.spawn().map_err(|error| format!("cannot run {name}: {error}"))?;
    let talked = tokio::time::timeout(patience, talk(child, server)).await;
    let talked = talked.map_err(|_| format!("{name} did not answer within {} s", patience.as_secs()))?;
    let (done, text) = talked.map_err(|error| format!("cannot talk to {name}: {error}"))?;
    if !done {
        let has_none = String::from_utf8_lossy(&text).contains("credentials not found");
        return if has_none { Ok(None) } else { Err(format!("{name} failed")) };
    }
    let answer: Answer = serde_json::from_slice(&text).map_err(|_| format!("{name} answers in a way of its own"))?;
    match answer.username.as_str() {
        TOKEN => Err(format!("{name} has an identity token, which this program cannot use")),
        "" => Ok(None),
        _ => Ok(Some(ImagePullSecret { username: answer.username, password: answer.secret })),
    }
}

/// Whether it came to a good end, and what it said.
async fn talk(mut child: Child, server: &str) -> std::io::Result<(bool, Vec<u8>)> {
    if let Some(mut stdin) = child.stdin.take() {
        // One that does not listen may know all the same.
        let _ = stdin.write_all(server.as_bytes()).await;
    }
    let mut text = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(LIMIT).read_to_end(&mut text).await?;
    }
    Ok((child.wait().await?.success(), text))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    /// What a program that does this is understood to have said.
    async fn said(script: &str) -> Result<Option<(String, String)>, String> {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("docker-credential-it");
        std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o700)).unwrap();
        let path = format!("{}:/usr/bin:/bin", home.path().display());
        let answer = ask("it", "r.io", Some(OsStr::new(&path)), LONG).await?;
        Ok(answer.map(|secret| (secret.username, secret.password)))
    }

    #[tokio::test]
    async fn a_program_is_asked_as_docker_asks() {
        let found =
            said(r#"read -r server; echo "{\"ServerURL\":\"$server\",\"Username\":\"$1 $server\",\"Secret\":\"s\"}""#)
                .await;
        assert_eq!(found.unwrap().unwrap(), ("get r.io".to_owned(), "s".to_owned()));
        assert_eq!(said("echo credentials not found in native keychain; exit 1").await, Ok(None));
        assert_eq!(said(r#"echo '{"Username":"","Secret":""}'"#).await, Ok(None));
    }

    #[tokio::test]
    async fn what_goes_wrong_is_told_without_what_was_said() {
        for (script, told) in [
            ("echo hunter2; exit 1", "docker-credential-it failed"),
            ("echo hunter2", "docker-credential-it answers in a way of its own"),
            (
                r#"echo '{"Username":"<token>","Secret":"hunter2"}'"#,
                "docker-credential-it has an identity token, which this program cannot use",
            ),
        ] {
            assert_eq!(said(script).await.unwrap_err(), told);
        }
        let gone = ask("nowhere", "r.io", Some(OsStr::new("/nonexistent")), LONG).await.unwrap_err();
        assert!(gone.starts_with("cannot run docker-credential-nowhere: "), "{gone}");
        let path = ask("../../bin/sh", "r.io", None, LONG).await.unwrap_err();
        assert_eq!(path, "`docker-credential-../../bin/sh` is no name of a program");
    }

    #[tokio::test]
    async fn a_program_that_says_too_much_or_nothing_is_left() {
        let endless =
            said("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done").await;
        assert_eq!(endless.unwrap_err(), "docker-credential-it failed");
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("docker-credential-it");
        std::fs::write(&file, "#!/bin/sh\nexec sleep 600\n").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o700)).unwrap();
        let path = format!("{}:/usr/bin:/bin", home.path().display());
        let error = ask("it", "r.io", Some(OsStr::new(&path)), Duration::from_millis(50)).await.unwrap_err();
        assert_eq!(error, "docker-credential-it did not answer within 0 s");
    }
}
