//! Rollouts in which anything happens at any time, as nothing but numbers.

use proptest::prelude::*;
use proptest::strategy::Strategy;
use proptest::test_runner::{FailurePersistence, FileFailurePersistence};

use super::*;

/// What happens.
#[derive(Clone, Debug)]
enum Event {
    /// Another template: the one of that replica set, or one that has none yet.
    Template(usize),
    Scale(i32),
    Pause(bool),
    Recreate(bool),
    Surge(i32, i32),
    /// Workloads of that replica set become ready.
    Ready(usize, i32),
    /// Or stop being so.
    Fail(usize, i32),
    /// Someone deletes one Workload of it.
    DeleteWorkload(usize),
    /// Someone deletes a replica set.
    DeleteSet(usize),
    /// What terminates is gone.
    Gone(usize),
    /// From now on the deployment is decided on as it is now, however it changes.
    Lag,
    /// The news is in.
    CatchUp,
    /// The deployment is looked at.
    Step,
    /// Replica sets make and delete Workloads.
    Follow,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        2 => (0..5_usize).prop_map(Event::Template),
        2 => (0..12_i32).prop_map(Event::Scale),
        1 => any::<bool>().prop_map(Event::Pause),
        1 => any::<bool>().prop_map(Event::Recreate),
        1 => (0..4_i32, 0..4_i32).prop_map(|(surge, unavailable)| Event::Surge(surge, unavailable)),
        6 => (0..5_usize, 1..6_i32).prop_map(|(set, count)| Event::Ready(set, count)),
        2 => (0..5_usize, 1..6_i32).prop_map(|(set, count)| Event::Fail(set, count)),
        1 => (0..5_usize).prop_map(Event::DeleteWorkload),
        1 => (0..5_usize).prop_map(Event::DeleteSet),
        3 => (0..5_usize).prop_map(Event::Gone),
        1 => Just(Event::Lag),
        2 => Just(Event::CatchUp),
        10 => Just(Event::Step),
        6 => Just(Event::Follow),
    ];
    prop::collection::vec(event, 1..80)
}

/// A deployment and its replica sets, oldest first, each of them known by the template it has.
#[derive(Clone, Debug)]
struct Model {
    replicas: i32,
    settings: RolloutSettings,
    template: usize,
    sets: Vec<(usize, SetState)>,
}

impl Model {
    fn states(&self) -> Vec<SetState> {
        self.sets.iter().map(|(template, set)| SetState { is_new: *template == self.template, ..*set }).collect()
    }

    fn step(&self) -> Step {
        step(self.replicas, &self.settings, &self.states())
    }

    /// What was decided on an older state; a replica set that was written to since refuses it.
    fn perform(&mut self, step: &Step, seen: &Self) {
        let note = |set: SetState, wanted| SetState {
            wanted,
            sized_for: Some(seen.replicas),
            most_then: Some(most_of(seen.replicas, &seen.settings)),
            ..set
        };
        for (at, size) in &step.scale {
            let (template, was) = seen.sets[*at];
            let same = |(of, set): &&mut (usize, SetState)| {
                *of == template && (set.wanted, set.sized_for) == (was.wanted, was.sized_for)
            };
            if let Some((_, set)) = self.sets.iter_mut().find(same) {
                *set = note(*set, *size);
            }
        }
        if let Some(size) = step.create.filter(|_| self.sets.iter().all(|(of, _)| *of != seen.template)) {
            self.sets.push((seen.template, note(SetState::default(), size)));
        }
    }

    /// Replica sets meet their sizes, the unready going first.
    fn follow(&mut self) {
        for (_, set) in &mut self.sets {
            let down = (set.current - set.wanted).max(0);
            set.terminating += down;
            set.current = set.wanted;
            set.available = set.available.min(set.current);
        }
    }

    fn all_well(&mut self) {
        for (_, set) in &mut self.sets {
            set.terminating = 0;
            set.available = set.current;
        }
    }

    fn set(&mut self, at: usize) -> Option<&mut SetState> {
        self.sets.get_mut(at).map(|(_, set)| set)
    }

    fn present(&self) -> i64 {
        self.sets.iter().map(|(_, set)| set.present()).sum()
    }

    /// What exists once sizes are met and before what terminates is gone.
    fn sized(&self) -> i64 {
        self.sets.iter().map(|(_, set)| i64::from(set.wanted) + i64::from(set.terminating)).sum()
    }

    fn available(&self) -> i32 {
        self.sets.iter().map(|(_, set)| set.available.min(set.wanted)).sum()
    }

    fn happen(&mut self, event: &Event) {
        match event {
            Event::Template(template) => self.template = *template,
            Event::Scale(replicas) => self.replicas = *replicas,
            Event::Pause(paused) => self.settings.paused = *paused,
            Event::Recreate(true) => self.settings.strategy = Policy::Recreate,
            Event::Recreate(false) => self.settings.strategy = Policy::RollingUpdate,
            Event::Surge(surge, unavailable) => {
                self.settings.max_surge = Share::Count(*surge);
                self.settings.max_unavailable = Share::Count((*unavailable).max(i32::from(*surge == 0)));
            }
            Event::Ready(at, count) => {
                let _ = self.set(*at).map(|set| set.available = (set.available + count).min(set.current));
            }
            Event::Fail(at, count) => {
                let _ = self.set(*at).map(|set| set.available = (set.available - count).max(0));
            }
            Event::DeleteWorkload(at) => {
                if let Some(set) = self.set(*at).filter(|set| set.current > 0) {
                    set.current -= 1;
                    set.terminating += 1;
                    set.available = set.available.min(set.current);
                }
            }
            Event::DeleteSet(at) => {
                if *at < self.sets.len() {
                    self.sets.remove(*at);
                }
            }
            Event::Gone(at) => {
                let _ = self.set(*at).map(|set| set.terminating = 0);
            }
            Event::Follow => self.follow(),
            Event::Lag | Event::CatchUp | Event::Step => {}
        }
    }

    /// What a step may do, judged by the state it was decided on.
    fn judge(&self, step: &Step) -> Result<(), TestCaseError> {
        let mut after = self.clone();
        after.perform(step, self);
        let ceiling = i64::from(most_of(self.replicas, &self.settings)).max(self.present());
        let alone = self.sets.iter().filter(|(_, set)| set.wanted > 0).count() <= 1;
        let scaled = self.settings.paused || crate::controller::rollout::scaling::is_due(self.replicas, &self.states());
        // A lone replica set follows `spec.replicas` however many of it still end. Where replicas are shared out one may grow
        // by what another one gives up.
        let there = if scaled { after.sized() } else { after.present() };
        if !(scaled && alone) && self.settings.strategy == Policy::RollingUpdate {
            prop_assert!(there <= ceiling, "above the ceiling: {self:?} {step:?}");
        }
        if !scaled && self.settings.strategy == Policy::RollingUpdate {
            let floor = self.replicas - self.settings.bounds(self.replicas).1;
            let excess =
                self.states().iter().filter(|set| set.is_new).map(|set| set.wanted - self.replicas).sum::<i32>();
            let floor = floor.min(self.available() - excess.max(0));
            prop_assert!(after.available() >= floor, "below the floor: {self:?} {step:?}");
        }
        let old_there = self.states().iter().any(|set| !set.is_new && set.present() > 0);
        let makes_new = step.create.is_some_and(|size| size > 0)
            || step.scale.iter().any(|(at, size)| self.states()[*at].is_new && *size > self.sets[*at].1.wanted);
        let recreates = self.settings.strategy == Policy::Recreate && !self.settings.paused;
        prop_assert!(!(recreates && old_there && makes_new), "both at once: {self:?} {step:?}");
        after.comes_to_rest()
    }

    /// With nothing else happening there is soon nothing left to decide.
    fn comes_to_rest(mut self) -> Result<(), TestCaseError> {
        for _ in 0..8 {
            let next = self.step();
            if next == Step::default() {
                return Ok(());
            }
            let seen = self.clone();
            self.perform(&next, &seen);
        }
        prop_assert!(false, "something is done for ever: {self:?}");
        Ok(())
    }
}

fn check(happened: &[Event]) -> Result<(), TestCaseError> {
    let mut model = Model { replicas: 3, settings: default(), template: 0, sets: Vec::new() };
    let mut lagging: Option<Model> = None;
    for event in happened {
        match event {
            Event::Lag => lagging = Some(model.clone()),
            Event::CatchUp => lagging = None,
            Event::Step => {
                let seen = lagging.clone().unwrap_or_else(|| model.clone());
                let next = seen.step();
                seen.judge(&next)?;
                model.perform(&next, &seen);
            }
            event => model.happen(event),
        }
    }
    model.settings.paused = false;
    for _ in 0..300 {
        let next = model.step();
        model.judge(&next)?;
        if next == Step::default() && complete(model.replicas, &model.states()) {
            return Ok(());
        }
        let seen = model.clone();
        model.perform(&next, &seen);
        model.follow();
        model.all_well();
    }
    prop_assert!(false, "it never ends: {model:?}");
    Ok(())
}

fn regressions() -> Option<Box<dyn FailurePersistence>> {
    Some(Box::new(FileFailurePersistence::Direct("tests/fixtures/rollout/model.regressions")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: regressions(), ..Default::default() })]

    #[test]
    fn whatever_happens_the_bounds_hold_and_the_rollout_ends(happened in events()) {
        check(&happened)?;
    }
}
