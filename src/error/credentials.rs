//! Why there are no credentials, in kubectl's words and without what the program that should give them printed.

use std::io;
use std::process::Output;

use kube::client::AuthError;
use kube::config::ExecConfig;

use super::Error;
use super::kubernetes::innermost;

/// The reason; arguments, environment and standard output may hold secrets, so that none of them is in it.
pub(super) fn reason(error: &AuthError) -> String {
    match error {
        AuthError::AuthExecRun { cmd, out } => {
            let program = program(cmd).map(|program| format!(" {program}")).unwrap_or_default();
            format!("exec: executable{program} {}", end(out))
        }
        AuthError::AuthExecParse(_) => "decoding stdout: it is no ExecCredential".to_owned(),
        AuthError::AuthExecStart(error) => format!("exec: {}", innermost(error)),
        other => innermost(other),
    }
}

/// What a client could not be made for, with the program that was to give the credentials by name.
pub(crate) fn without_client(error: kube::Error, exec: Option<&ExecConfig>) -> Error {
    match (&error, exec) {
        (kube::Error::Auth(AuthError::AuthExecStart(source)), Some(exec)) => {
            Error::Credentials(unstarted(source, exec))
        }
        _ => error.into(),
    }
}

fn unstarted(error: &io::Error, exec: &ExecConfig) -> String {
    let program = exec.command.as_deref().unwrap_or_default();
    let what = match error.kind() {
        io::ErrorKind::NotFound => format!("exec: executable {program} not found"),
        _ => format!("exec: {program}: {error}"),
    };
    match exec.install_hint.as_deref().map(str::trim).filter(|hint| !hint.is_empty()) {
        Some(hint) => format!("{what}\n\n{hint}"),
        None => what,
    }
}

/// How it ended, and what it said of that.
fn end(out: &Output) -> String {
    let how = match out.status.code() {
        Some(code) => format!("failed with exit code {code}"),
        None => "was ended by a signal".to_owned(),
    };
    match String::from_utf8_lossy(&out.stderr).trim() {
        "" => how,
        said => format!("{how}: {said}"),
    }
}

/// The program of a command as Rust shows one: variables, which have names before their quotes, then it, then arguments.
fn program(command: &str) -> Option<String> {
    let mut rest = command;
    loop {
        let (before, quoted) = rest.split_once('"')?;
        let end = closing(quoted)?;
        if before.is_empty() || before.ends_with(' ') {
            return Some(quoted[..end].replace("\\\"", "\"").replace("\\\\", "\\"));
        }
        rest = &quoted[end + 1..];
    }
}

/// Where the quote is that ends a text.
fn closing(quoted: &str) -> Option<usize> {
    let mut escaped = false;
    quoted.char_indices().find_map(|(index, character)| {
        let ends = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        ends.then_some(index)
    })
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn the_program_is_found_behind_variables_and_before_arguments() {
        let of = |change: &dyn Fn(&mut Command)| {
            let mut command = Command::new("/opt/a \"b\"/login");
            change(&mut command);
            program(&format!("{command:?}"))
        };
        let login = Some("/opt/a \"b\"/login".to_owned());
        assert_eq!(of(&|_| {}), login);
        assert_eq!(of(&|command| _ = command.arg("x").env("INFO", r#"{"a": "b c\\"}"#)), login);
        assert_eq!(of(&|command| _ = command.env_remove("GONE").env("TOKEN", "x \"y")), login);
        assert_eq!(program("no quotes"), None);
    }
}
