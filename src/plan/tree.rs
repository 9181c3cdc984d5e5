//! Who stands under whom: deployments, their replica sets, their Workloads and the hosts these run on, and how each fares.

mod build;
mod objects;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::api::Kind;
use crate::plan::rollout::Trouble;

pub use build::build;
pub use objects::{Key, Objects};

/// Reasons told of a root that failed.
const REASONS: usize = 5;

/// What a tree begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Roots {
    /// All objects of these kinds.
    All(Vec<Kind>),
    /// These objects.
    These(Vec<(Kind, Key)>),
}

/// Some objects with all that stands under them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The objects.
    pub roots: Vec<Node>,
}

/// One object in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// How it fares, at a glance.
    pub health: Health,
    /// How it fares, in one word.
    pub status: String,
    /// The host it runs on.
    pub host: Option<String>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// The revision it holds.
    pub revision: Option<i64>,
    /// Numbers worth knowing, such as `2/3 ready`.
    pub facts: Vec<String>,
    /// What is said of it, word for word, when not all is well.
    pub message: String,
    /// Its images.
    pub images: Vec<String>,
    /// What stands under it.
    pub children: Vec<Node>,
    /// How many more stand under it that are not shown.
    pub more: usize,
}

/// How an object fares, at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Good,
    /// On its way.
    Waiting,
    /// Not as it should be; that may pass.
    Warning,
    /// It will not get better by waiting.
    Bad,
    /// Nothing is asked of it.
    Idle,
}

/// Whether what a tree shows is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It may yet become so.
    Open,
    /// It is.
    Ready,
    /// It will not become so by waiting: the reasons, then what failed.
    Failed(Vec<String>),
    /// An object that was to become ready is gone.
    Gone,
}

impl Tree {
    /// All nodes, each before those under it.
    pub fn nodes(&self) -> Vec<&Node> {
        let mut nodes = Vec::new();
        self.roots.iter().for_each(|root| root.collect(&mut nodes));
        nodes
    }

    /// Whether all roots are ready. No root at all is not ready yet, unless those that were named are gone.
    pub fn end(&self, roots: &Roots) -> End {
        if let Roots::These(named) = roots
            && named.len() > self.roots.len()
        {
            return End::Gone;
        }
        if let Some(failed) = self.roots.iter().find(|root| root.has_failed()) {
            return End::Failed(failed.failure());
        }
        match !self.roots.is_empty() && self.roots.iter().all(Node::is_ready) {
            true => End::Ready,
            false => End::Open,
        }
    }

    /// As programs read it.
    pub fn document(&self, single: bool) -> Value {
        let mut items: Vec<_> = self.roots.iter().map(Node::document).collect();
        match single && items.len() == 1 {
            true => items.swap_remove(0),
            false => json!({"items": items}),
        }
    }
}

impl Node {
    /// Tells it from every other.
    pub fn key(&self) -> (Kind, &str, &str) {
        (self.kind, &self.namespace, &self.name)
    }

    /// `TYPE/NAME`, as verbs take it.
    pub fn title(&self) -> String {
        format!("{}/{}", self.kind.short(), self.name)
    }

    fn collect<'a>(&'a self, nodes: &mut Vec<&'a Self>) {
        nodes.push(self);
        self.children.iter().for_each(|child| child.collect(nodes));
    }

    fn is_ready(&self) -> bool {
        matches!(self.health, Health::Good | Health::Idle)
    }

    /// A host that is gone may come back, and an artifact that cannot be resolved may be pushed yet.
    fn has_failed(&self) -> bool {
        self.health == Health::Bad && !matches!(self.kind, Kind::Host | Kind::Artifact)
    }

    fn failure(&self) -> Vec<String> {
        let mut nodes = Vec::new();
        self.collect(&mut nodes);
        let mut alike: Vec<(&Self, usize)> = Vec::new();
        for node in nodes.into_iter().filter(|node| node.kind == Kind::Workload && node.health == Health::Bad) {
            match alike.iter_mut().find(|(known, _)| (&known.status, &known.message) == (&node.status, &node.message)) {
                Some((_, more)) => *more += 1,
                None => alike.push((node, 0)),
            }
        }
        let mut told: Vec<_> = alike.into_iter().take(REASONS).map(|(node, more)| node.complaint(more)).collect();
        told.push(match self.kind {
            Kind::WorkloadDeployment if told.is_empty() => format!("deployment \"{}\" {}", self.name, self.message),
            Kind::WorkloadDeployment => format!("deployment \"{}\" failed to roll out", self.name),
            _ => format!("{} \"{}\" failed", self.kind.singular(), self.name),
        });
        told
    }

    /// What is wrong with it, and where; in the words of a rollout's trouble.
    fn complaint(&self, more: usize) -> String {
        let trouble = Trouble {
            object: format!("{} {}/{}", self.kind.name(), self.namespace, self.name),
            host: self.host.clone(),
            reason: self.status.clone(),
            message: self.message.clone(),
            more,
            lasting: true,
            earlier: false,
        };
        trouble.to_string()
    }

    fn document(&self) -> Value {
        let mut document = json!({
            "kind": self.kind.name(), "name": self.name, "namespace": self.namespace,
            "health": self.health.word(), "status": self.status,
        });
        let said = Some(&self.message).filter(|message| !message.is_empty());
        let facts = Some(&self.facts).filter(|facts| !facts.is_empty());
        let images = Some(&self.images).filter(|images| !images.is_empty());
        let children: Vec<_> = self.children.iter().map(Self::document).collect();
        let optional = [
            ("host", self.host.as_ref().map(|host| json!(host))),
            ("creationTimestamp", self.created.map(|created| json!(created.to_string()))),
            ("revision", self.revision.map(|revision| json!(revision))),
            ("facts", facts.map(|facts| json!(facts))),
            ("message", said.map(|message| json!(message))),
            ("images", images.map(|images| json!(images))),
            ("children", Some(children).filter(|children| !children.is_empty()).map(Value::from)),
        ];
        for (key, value) in optional {
            if let Some(value) = value {
                document[key] = value;
            }
        }
        document
    }
}

impl Health {
    /// One word, for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Waiting => "waiting",
            Self::Warning => "warning",
            Self::Bad => "bad",
            Self::Idle => "idle",
        }
    }
}

#[cfg(test)]
mod tests;
