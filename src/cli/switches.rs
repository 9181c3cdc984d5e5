//! Switches that are told to be on or off, as kubectl's all can be: `--ignore-not-found=true`, `-w=false`.

use std::ffi::{OsStr, OsString};

use clap::{Arg, ArgAction, Command};

/// The words as clap knows switches: given when they are on, and left out when they are off. The last of several counts.
pub(super) fn plain(words: Vec<OsString>, command: &Command) -> Vec<OsString> {
    let (mut plain, mut verb) = (Vec::<OsString>::with_capacity(words.len()), command);
    let mut words = words.into_iter();
    for word in words.by_ref() {
        if word == "--" {
            plain.push(word);
            break;
        }
        verb = word.to_str().and_then(|word| verb.find_subcommand(word)).unwrap_or(verb);
        match told(&word, verb, command) {
            None => plain.push(word),
            Some((flag, on)) => {
                plain.retain(|word| word != flag);
                plain.extend(on.then(|| flag.to_owned()));
            }
        }
    }
    plain.extend(words);
    plain
}

/// The switch, and whether it is to be on.
fn told<'a>(word: &'a OsStr, verb: &Command, root: &Command) -> Option<(&'a OsStr, bool)> {
    let (flag, value) = word.to_str().filter(|word| word.starts_with('-'))?.split_once('=')?;
    let is_meant = |arg: &&Arg| match flag.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long),
        None => arg.get_short().is_some_and(|short| flag[1..] == *short.encode_utf8(&mut [0; 4])),
    };
    let mut args = verb.get_arguments().chain(root.get_arguments().filter(|arg| arg.is_global_set()));
    let is_switch = matches!(args.find(is_meant)?.get_action(), ArgAction::SetTrue);
    boolean(value).filter(|_| is_switch).map(|on| (OsStr::new(flag), on))
}

/// As Go's strconv.ParseBool reads it.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> String {
        let words = line.split(' ').map(OsString::from).collect();
        let words = plain(words, &crate::cli::command());
        words.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_switch_is_given_or_left_out() {
        assert_eq!(read("x get wd --no-headers=true -A=1 -w=false --show-labels=F"), "x get wd --no-headers -A");
        assert_eq!(
            read("x delete wd a --ignore-not-found=True --wait=false"),
            "x delete wd a --ignore-not-found --wait=false"
        );
        assert_eq!(
            read("x rollout status a --insecure-skip-tls-verify=true"),
            "x rollout status a --insecure-skip-tls-verify"
        );
        assert_eq!(read("x get wd -A=true --watch=true -A=false"), "x get wd --watch", "the last counts");
    }

    #[test]
    fn all_else_is_as_it_was() {
        for line in [
            "x get wd --no-headers=maybe",
            "x get wd --no-such-flag=true",
            "x get wd -l=a=true --chunk-size=1 -ojson",
            "x set env wd/a A=true -- --all=true",
            "x apply -f a.yaml --server-side=true",
            "x get wd -=true",
        ] {
            assert_eq!(read(line), line);
        }
    }
}
