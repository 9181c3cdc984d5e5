//! The orderly end: no new work, some seconds for what is in flight, then what a successor needs is put on record.

use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use super::effect::{Refusal, Reply};
use super::release::{self, Answers, Deed};
use super::settings::Settings;
use super::watch::{self, Seen};
use super::{Controller, Means, patience};
use crate::hosts::{BusError, BusEvent};

/// Questions to hosts in flight at once.
const QUESTIONS_AT_ONCE: usize = 64;
/// How often it is written and looked at again what is left to write: objects change under our hands.
const ROUNDS: usize = 5;
/// For news of an object that changed under our hands.
const NEWS: Duration = Duration::from_millis(150);

/// What comes in from outside.
pub(super) struct Outside {
    pub(super) bus: BoxStream<'static, BusEvent>,
    pub(super) watches: BoxStream<'static, Seen>,
}

impl Outside {
    pub(super) async fn open(means: &Means, settings: &Settings) -> Result<Self, BusError> {
        let bus = means.bus.events().await?;
        let watches = watch::watches(&means.client, settings).boxed();
        Ok(Self { bus, watches })
    }
}

/// How long the parts of the end may take, from its beginning.
pub(super) struct Patience {
    in_flight: Duration,
    asked: Duration,
    written: Duration,
}

/// Told to stop: all of it within 10 s, with the Lease's release still to come.
pub(super) const WHEN_TOLD: Patience = Patience {
    in_flight: Duration::from_secs(8),
    asked: Duration::from_millis(8_300),
    written: Duration::from_millis(9_200),
};

/// Nothing else is waiting for the end.
const AT_LEISURE: Patience =
    Patience { in_flight: Duration::from_secs(90), asked: Duration::from_secs(100), written: Duration::from_secs(200) };

/// Waits until in charge, then only puts on record what another controller needs to go on from here; tells what that was,
/// or nothing when cancelled before.
///
/// # Errors
/// When the bus cannot be listened to.
pub async fn hand_over(
    means: Means,
    settings: Settings,
    until: CancellationToken,
) -> Result<Option<Vec<String>>, BusError> {
    let means = Means { client: patience::within_a_minute(means.client), ..means };
    let mut outside = Outside::open(&means, &settings).await?;
    let mut controller = Controller::new(means, settings);
    if !controller.wait_for_charge(&until, &mut outside).await {
        return Ok(None);
    }
    let warnings = release::warnings(&controller.core.world);
    let done = controller.finish(&mut outside, &AT_LEISURE).await;
    Ok(Some(done.into_iter().chain(warnings).collect()))
}

impl Controller {
    /// Listens without acting, until in charge of objects that are all known; tells whether it came to that.
    async fn wait_for_charge(&mut self, until: &CancellationToken, outside: &mut Outside) -> bool {
        loop {
            self.note_sync();
            if self.synced && *self.leading.borrow() {
                return true;
            }
            tokio::select! {
                () = until.cancelled() => return false,
                Some(seen) = outside.watches.next() => self.saw(seen),
                Some(event) = outside.bus.next() => self.heard(event),
                Ok(()) = self.leading.changed() => self.leadership_changed(),
            }
        }
    }

    /// The end; tells what was put on record for a successor.
    pub(super) async fn finish(mut self, outside: &mut Outside, patience: &Patience) -> Vec<String> {
        let told = Instant::now();
        self.wait_for_tasks(told + patience.in_flight, outside).await;
        if !self.tasks.is_empty() {
            tracing::warn!(unfinished = self.tasks.len(), "stopping with effects in flight");
        }
        self.tasks.shutdown().await;
        let mut done = Vec::new();
        if self.synced && *self.leading.borrow() {
            let answers = self.ask(told + patience.asked).await;
            // What was written when the time is up stands; the rest a successor takes up from what is on record.
            let _ = timeout_at(told + patience.written, self.write_down(&answers, outside, &mut done)).await;
        }
        // With the performer the last who can announce anything is gone; what was announced may still be written.
        drop(self.performer);
        if timeout_at(told + patience.written, &mut self.recorder).await.is_err() {
            self.recorder.abort();
        }
        done
    }

    async fn wait_for_tasks(&mut self, end: Instant, outside: &mut Outside) {
        while !self.tasks.is_empty() {
            tokio::select! {
                Some(done) = self.tasks.join_next() => self.task_ended(done),
                Some(seen) = outside.watches.next() => self.saw(seen),
                Some(event) = outside.bus.next() => self.heard(event),
                Ok(()) = self.leading.changed() => self.leadership_changed(),
                () = sleep_until(end) => return,
            }
        }
    }

    async fn ask(&mut self, end: Instant) -> Answers {
        let questions = release::questions(&self.core.world, self.now());
        let performer = self.performer.clone();
        let asked = questions.into_iter().map(|question| {
            let performer = performer.clone();
            async move {
                let replies = performer.perform(std::slice::from_ref(&question)).await;
                (question, replies)
            }
        });
        let mut asked = stream::iter(asked).buffer_unordered(QUESTIONS_AT_ONCE).take_until(Box::pin(sleep_until(end)));
        let mut answers = Answers::default();
        while let Some((question, replies)) = asked.next().await {
            replies.iter().for_each(|reply| answers.take_in(&question, reply));
            self.core.take_in(replies, Instant::now());
        }
        answers
    }

    async fn write_down(&mut self, answers: &Answers, outside: &mut Outside, done: &mut Vec<String>) {
        for _ in 0..ROUNDS {
            let deeds = release::decide(&self.core.world, answers, self.now());
            if deeds.is_empty() {
                return;
            }
            self.carry_out_all(deeds, done).await;
            self.take_in_news(outside).await;
        }
        tracing::warn!("objects change faster than they can be handed over");
    }

    async fn carry_out_all(&mut self, deeds: Vec<Deed>, done: &mut Vec<String>) {
        let performer = self.performer.clone();
        let deeds = deeds.into_iter().map(|Deed { effects, words }| {
            let performer = performer.clone();
            async move { (performer.perform(&effects).await, words) }
        });
        let mut deeds = stream::iter(deeds).buffer_unordered(QUESTIONS_AT_ONCE);
        while let Some((replies, words)) = deeds.next().await {
            let refused = replies.iter().find_map(|reply| match reply {
                Reply::Refused(why) => Some(why.clone()),
                _ => None,
            });
            match refused {
                None => {
                    tracing::info!("handing over: {words}");
                    done.push(words);
                }
                // It changed, or is gone: looked at again with the news.
                Some(Refusal::Conflict | Refusal::NotFound) => {}
                Some(why) => tracing::warn!(?why, "cannot be handed over: {words}"),
            }
            self.core.take_in(replies, Instant::now());
        }
    }

    async fn take_in_news(&mut self, outside: &mut Outside) {
        let end = Instant::now() + NEWS;
        while let Ok(Some(seen)) = timeout_at(end, outside.watches.next()).await {
            self.saw(seen);
        }
    }
}
