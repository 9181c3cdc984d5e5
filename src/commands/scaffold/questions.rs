//! What is wanted, and questions where something needed is missing and a person sits at the terminal.

use super::make::Wanted;
use crate::api::Kind;
use crate::cli::shape::ShapeArgs;
use crate::component::Component;
use crate::error::Error;
use crate::plan::selection::{Selection, parse};
use crate::scaffold::{Opened, allowed_host, http_host, image, name_of_image, read_name};
use crate::ui::Ui;

/// The types, as help for who named none.
const TYPES: &str =
    "the types are workloaddeployment (wd), workloadreplicaset (wrs), workload (ww), host and artifact (art)";

/// What each type is for, as it is picked from.
const PICKED: [(Kind, &str); 5] = [
    (Kind::WorkloadDeployment, "components that run, and are replaced step by step by newer ones"),
    (Kind::Artifact, "an image under a name, which deployments follow"),
    (Kind::WorkloadReplicaSet, "one version of a deployment, by itself"),
    (Kind::Workload, "components on one host, by themselves"),
    (Kind::Host, "a host, as the controller writes it"),
];

/// Columns that the picker's lines take at most.
const PICKER_WIDTH: usize = 90;

/// Reads the words, and asks for what is missing.
///
/// # Errors
/// When something is missing and nobody can be asked, or the flags do not fit the type.
pub(in crate::commands) fn wanted(ui: &Ui, words: &[String], mut shape: ShapeArgs) -> Result<Wanted, Error> {
    let (kind, name) = read(words)?;
    let mut asked = kind.is_none();
    let kind = kind.map_or_else(|| pick(ui), Ok)?;
    check_fit(kind, &shape)?;
    asked |= ask_image(ui, kind, &mut shape)?;
    let name = match name {
        Some(name) => name,
        None => {
            asked = true;
            ask_name(ui, &shape)?
        }
    };
    Ok(Wanted { kind, name, shape, asked })
}

/// The type and the name, as far as the words say them.
///
/// # Errors
/// In kubectl's words.
pub(super) fn read(words: &[String]) -> Result<(Option<Kind>, Option<String>), Error> {
    if words.is_empty() {
        return Ok((None, None));
    }
    let pairs: Vec<_> = match parse(words, "scaffold")? {
        Selection::Types(kinds) => kinds.into_iter().map(|kind| (kind, None)).collect(),
        Selection::Named(named) => named.into_iter().map(|(kind, name)| (kind, Some(name))).collect(),
    };
    match pairs.as_slice() {
        [(kind, name)] => Ok((Some(*kind), name.clone())),
        several if several.iter().any(|(_, name)| name.is_some()) => {
            Err(Error::usage(format!("exactly one NAME is required, got {}", several.len())))
        }
        _ => Err(Error::usage_with("exactly one TYPE is required", TYPES)),
    }
}

fn pick(ui: &Ui) -> Result<Kind, Error> {
    if !ui.can_pick() {
        return Err(Error::usage_with("You must specify the type of resource to scaffold.", TYPES));
    }
    // A line that wraps cannot be redrawn.
    let is_wide = ui.look().width >= PICKER_WIDTH;
    let line = |(kind, what): (Kind, &str)| match is_wide {
        true => format!("{:<20} {what}", kind.singular()),
        false => kind.singular().to_owned(),
    };
    let lines = PICKED.map(line);
    let index = ui.pick("scaffold", &lines)?;
    PICKED.get(index).map(|(kind, _)| *kind).ok_or(Error::Interrupted)
}

/// Whether every flag has a meaning for the type.
///
/// # Errors
/// The first that has none.
pub(super) fn check_fit(kind: Kind, shape: &ShapeArgs) -> Result<(), Error> {
    let fits = |flag: &str| match kind {
        Kind::WorkloadDeployment | Kind::WorkloadReplicaSet => true,
        Kind::Workload => flag != "replicas",
        Kind::Artifact => matches!(flag, "image" | "pull-secret" | "no-open"),
        Kind::Host => matches!(flag, "host-group" | "environment"),
    };
    match shape.given().into_iter().find(|flag| !fits(flag)) {
        Some(flag) => Err(Error::usage(format!("--{flag} has no meaning for the type {}", kind.singular()))),
        None => Ok(()),
    }
}

/// Asks for the image where there has to be one and none is named; whether it has asked.
fn ask_image(ui: &Ui, kind: Kind, shape: &mut ShapeArgs) -> Result<bool, Error> {
    if kind == Kind::Host || shape.names_what_runs() {
        return Ok(false);
    }
    if !ui.can_ask() {
        let help = match kind {
            Kind::Artifact => "--image IMAGE",
            _ => {
                "one of --image IMAGE, --component NAME=IMAGE, --service-image IMAGE, --from-wash-config FILE or --example"
            }
        };
        return Err(Error::usage_with("required flag(s) \"image\" not set", help));
    }
    shape.image = Some(ui.input("Image, in a registry or a .wasm file", None, |_| Ok(()))?);
    Ok(true)
}

fn ask_name(ui: &Ui, shape: &ShapeArgs) -> Result<String, Error> {
    if !ui.can_ask() {
        return Err(Error::usage_with(
            "exactly one NAME is required, got 0",
            "NAME is what the object is to be called",
        ));
    }
    let default = shape.image.as_deref().map(|word| name_of_image(&image::read(word)));
    ui.input("Name", default.as_deref(), |name| read_name(name, shape.expose.is_some()))
}

/// Asks what opened images leave open, of who has been asked something already.
///
/// # Errors
/// When a question is ended.
pub(super) fn ask_more(ui: &Ui, wanted: &mut Wanted, opened: &Opened) -> Result<(), Error> {
    let any = |is: fn(&Component) -> bool| opened.values().any(is);
    let shape = &mut wanted.shape;
    if !wanted.asked || shape.from_wash_config.is_some() {
        return Ok(());
    }
    if any(Component::is_http_handler) {
        if shape.http_host.is_empty() {
            let default = format!("{}.localhost", wanted.name);
            let check = |host: &str| http_host(host).map(|_| ());
            let host = ui.input("Host whose requests it answers", Some(&default), check)?;
            shape.http_host = vec![http_host(&host).map_err(Error::usage)?];
        }
        if shape.expose.is_none() && read_name(&wanted.name, true).is_ok() {
            shape.expose = ui.confirm("Add a Service that leads to it?")?.then_some(80);
        }
    }
    if any(Component::is_http_client) && shape.allow_host.is_empty() {
        let check = |hosts: &str| split(hosts).try_for_each(|host| allowed_host(host).map(|_| ()));
        let hosts = ui.input("Hosts it may send requests to, with commas between (none)", Some(""), check)?;
        shape.allow_host = split(&hosts).map(str::to_owned).collect();
    }
    Ok(())
}

fn split(words: &str) -> impl Iterator<Item = &str> {
    words.split(',').map(str::trim).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn one_type_and_perhaps_a_name_are_read() {
        assert_eq!(read(&[]).unwrap(), (None, None));
        assert_eq!(read(&words("wd")).unwrap(), (Some(Kind::WorkloadDeployment), None));
        for line in ["art web", "artifact/web"] {
            assert_eq!(read(&words(line)).unwrap(), (Some(Kind::Artifact), Some("web".to_owned())));
        }
        for (line, said) in [
            ("wd a b", "exactly one NAME is required, got 2"),
            ("wd,art", "exactly one TYPE is required"),
            ("hello", "this plugin has no resource type \"hello\""),
        ] {
            assert_eq!(read(&words(line)).unwrap_err().to_string(), said);
        }
    }

    #[test]
    fn flags_without_a_meaning_are_refused() {
        let shape = ShapeArgs { image: Some("a".into()), replicas: Some(1), ..ShapeArgs::default() };
        assert!(check_fit(Kind::WorkloadReplicaSet, &shape).is_ok());
        let said = |kind| check_fit(kind, &shape).unwrap_err().to_string();
        assert_eq!(said(Kind::Workload), "--replicas has no meaning for the type workload");
        assert_eq!(said(Kind::Artifact), "--replicas has no meaning for the type artifact");
        assert_eq!(said(Kind::Host), "--image has no meaning for the type host");
    }

    #[test]
    fn every_type_is_picked_from() {
        assert!(Kind::ALL.iter().all(|kind| PICKED.iter().any(|(picked, _)| picked == kind)));
    }
}
