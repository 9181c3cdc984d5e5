//! What is to run, before it is known what the images are.

use std::collections::BTreeMap;

use super::image;
use super::wishes::{Mount, Wishes};
use crate::api::{ConfigLayer, HostInterface, LocalObjectReference, LocalResources, WorkloadComponent};
use crate::error::Error;

/// What an image is run as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A component.
    Component,
    /// The service.
    Service,
    /// The service when it is one, else a component.
    AsItSays,
}

/// One image, and what it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is run as.
    pub role: Role,
    /// Its name, image and resources. A service takes of it what services have.
    pub component: WorkloadComponent,
    /// How often it is started again, as the service.
    pub max_restarts: Option<i32>,
}

impl Part {
    /// An image under a name, which gets nothing.
    pub fn new(role: Role, name: &str, image: &str) -> Self {
        let component =
            WorkloadComponent { name: name.to_owned(), image: image::read(image), ..WorkloadComponent::default() };
        Self { role, component, max_restarts: None }
    }

    /// What it may use.
    pub fn resources(&mut self) -> &mut LocalResources {
        self.component.local_resources.get_or_insert_default()
    }
}

/// What is to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The images; the first is the one that `--image` replaces.
    pub parts: Vec<Part>,
    /// Interfaces that are listed whatever the images say.
    pub host_interfaces: Vec<HostInterface>,
    /// Volumes, which every part sees.
    pub mounts: Vec<Mount>,
    /// ConfigMaps beside it.
    pub config_maps: BTreeMap<String, BTreeMap<String, String>>,
    /// It comes from a wash project.
    pub from_wash: bool,
    /// What is said above the manifest.
    pub preface: Vec<String>,
}

impl Draft {
    /// What the flags ask for, on top of what there is.
    ///
    /// # Errors
    /// When two components have the same name.
    pub fn with(mut self, wishes: &Wishes, name: &str) -> Result<Self, Error> {
        match (&wishes.image, self.parts.first_mut()) {
            (Some(image), Some(main)) => main.component.image = image::read(image),
            (Some(image), None) => self.parts.push(Part::new(Role::AsItSays, name, image)),
            (None, _) => {}
        }
        self.parts.extend(wishes.components.iter().map(|(name, image)| Part::new(Role::Component, name, image)));
        if let Some(image) = &wishes.service {
            self.parts.retain(|part| part.role != Role::Service);
            self.parts.push(Part::new(Role::Service, name, image));
        }
        let named = |part: &&Part| part.role != Role::Service;
        let mut names: Vec<_> = self.parts.iter().filter(named).map(|part| &part.component.name).collect();
        names.sort();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::usage(format!("there are two components named \"{}\"", twice[0])));
        }
        self.mounts.extend(wishes.volumes.iter().cloned());
        self.parts.iter_mut().for_each(|part| part.take(wishes));
        Ok(self)
    }

    /// The images, each once.
    pub fn images(&self) -> Vec<&str> {
        let mut images: Vec<_> = self.parts.iter().map(|part| part.component.image.as_str()).collect();
        images.sort_unstable();
        images.dedup();
        images
    }
}

impl Part {
    fn take(&mut self, wishes: &Wishes) {
        // Files are not pulled.
        if let Some(secret) = wishes.pull_secret.as_ref().filter(|_| !image::is_file(&self.component.image)) {
            self.component.image_pull_secret = Some(LocalObjectReference::to(secret));
        }
        if !wishes.config.is_empty() {
            self.resources().config.get_or_insert_default().extend(wishes.config.clone());
        }
        if !(wishes.env.is_empty() && wishes.config_from.is_empty() && wishes.secret_from.is_empty()) {
            extend(self.resources().environment.get_or_insert_default(), wishes);
        }
    }
}

fn extend(environment: &mut ConfigLayer, wishes: &Wishes) {
    if !wishes.env.is_empty() {
        environment.config.get_or_insert_default().extend(wishes.env.clone());
    }
    for (list, names) in
        [(&mut environment.config_from, &wishes.config_from), (&mut environment.secret_from, &wishes.secret_from)]
    {
        if !names.is_empty() {
            list.get_or_insert_default().extend(names.iter().map(|name| LocalObjectReference::to(name)));
        }
    }
}
