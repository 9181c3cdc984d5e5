//! Who is heard, who is silent, and what that means.

use super::*;

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn beat(id: &str) -> HostHeartbeat {
    HostHeartbeat { id: id.into(), friendly_name: format!("name-{id}"), ..HostHeartbeat::default() }
}

fn started(id: &str, name: &str, second: i64) -> HostHeartbeat {
    HostHeartbeat {
        friendly_name: name.into(),
        hostname: "10.0.0.1".into(),
        http_port: 8000,
        started_at: jiff::Timestamp::from_second(second).ok(),
        ..beat(id)
    }
}

#[test]
fn a_host_is_alive_while_it_is_heard_and_never_dead_by_time_alone() {
    let t = Instant::now();
    let mut hosts = LiveHosts::new(t);
    assert_eq!(hosts.standing("a", t + seconds(900)), Standing::Unsure);
    assert!(hosts.heard(beat("a"), t).eligibility);
    assert_eq!(hosts.standing("a", t + seconds(59)), Standing::Alive);
    assert_eq!(hosts.standing("a", t + seconds(60)), Standing::Unsure);
    assert!(hosts.declare_dead("a", t + seconds(61)));
    assert_eq!(hosts.judge(0, |_| false, t + seconds(61)).dead, ["a"]);
    assert_eq!(hosts.standing("a", t + seconds(61)), Standing::Dead);
    assert!(hosts.heard(beat("a"), t + seconds(70)).eligibility, "it is back");
    assert_eq!(hosts.standing("a", t + seconds(71)), Standing::Alive);
}

#[test]
fn a_heartbeat_that_says_nothing_new_is_no_news() {
    let t = Instant::now();
    let mut hosts = LiveHosts::new(t);
    hosts.heard(beat("a"), t);
    assert_eq!(hosts.heard(beat("a"), t + seconds(15)), News::default());
    let more = HostHeartbeat { workload_count: 3, ..beat("a") };
    assert!(hosts.heard(more, t + seconds(30)).count);
    let other = HostHeartbeat { environment: "x".into(), ..beat("a") };
    assert!(hosts.heard(other, t + seconds(45)).eligibility);
}

#[test]
fn nobody_listening_counts_twice_and_only_once_the_bus_has_settled() {
    let t = Instant::now();
    let mut hosts = LiveHosts::new(t);
    hosts.heard(beat("a"), t);
    assert!(!hosts.unheard("a", t), "the bus is not even connected");
    hosts.connected(t);
    assert!(!hosts.unheard("a", t + seconds(5)));
    assert!(!hosts.unheard("a", t + seconds(19)));
    assert!(!hosts.unheard("a", t + seconds(20)), "the first that counts");
    assert!(!hosts.unheard("a", t + seconds(20)), "too soon after it");
    assert!(hosts.unheard("a", t + seconds(21)));
    hosts.judge(0, |_| false, t + seconds(21));
    assert_eq!(hosts.standing("a", t + seconds(21)), Standing::Dead);
    hosts.disconnected();
    assert!(!hosts.is_settled(t + seconds(9_999)));
}

#[test]
fn a_heartbeat_between_clears_the_doubt() {
    let t = Instant::now();
    let mut hosts = LiveHosts::new(t);
    hosts.connected(t);
    hosts.heard(beat("a"), t);
    assert!(!hosts.unheard("a", t + seconds(30)));
    hosts.heard(beat("a"), t + seconds(31));
    assert!(!hosts.unheard("a", t + seconds(32)));
}

/// Names what can be named, no object being in the way.
fn settle(hosts: &mut LiveHosts, now: Instant) -> Vec<String> {
    hosts.settle_names(|_| Claim::default(), now)
}

#[test]
fn a_later_start_at_the_same_address_has_the_earlier_host_asked_and_silence_is_its_end() {
    let t = Instant::now();
    let mut hosts = LiveHosts::new(t);
    hosts.heard(started("old", "one", 100), t);
    assert_eq!(hosts.heard(started("new", "two", 200), t + seconds(1)).challenged, ["old"]);
    assert!(hosts.get("old").unwrap().is_doubted());
    assert!(hosts.heard(started("stale", "three", 150), t + seconds(1)).challenged.contains(&"old".to_owned()));
    assert!(!hosts.get("new").unwrap().is_doubted(), "one that was started earlier says nothing against it");
    assert!(hosts.declare_dead("old", t + seconds(2)), "it did not answer, and need not be silent for a minute");
    assert_eq!(hosts.standing("old", t + seconds(2)), Standing::Dead, "no crowd is asked: there is evidence");
}

#[test]
fn two_hosts_at_what_looks_like_one_address_are_two_once_the_older_is_heard_again() {
    let t = Instant::now();
    let mut hosts = LiveHosts::new(t);
    hosts.heard(started("a", "one", 100), t);
    hosts.heard(started("b", "two", 200), t + seconds(1));
    assert!(hosts.heard(started("a", "one", 100), t + seconds(2)).eligibility, "it is there after all");
    for beat in 1..20 {
        let at = t + seconds(beat * 15);
        assert_eq!(hosts.heard(started("b", "two", 200), at).challenged, [] as [&str; 0]);
        hosts.heard(started("a", "one", 100), at + seconds(1));
        assert!(!hosts.declare_dead("a", at + seconds(2)) && !hosts.declare_dead("b", at + seconds(2)));
    }
}

#[test]
fn a_clock_that_is_years_off_kills_nobody() {
    let t = Instant::now();
    let mut hosts = LiveHosts::new(t);
    hosts.heard(started("old", "one", 4_000_000_000), t);
    assert_eq!(hosts.heard(started("reborn", "two", 0), t).challenged, [] as [&str; 0]);
    assert_eq!(hosts.standing("old", t), Standing::Alive);
}

#[test]
fn the_name_of_a_living_host_is_not_taken_from_it() {
    let t = Instant::now();
    let mut hosts = LiveHosts::new(t);
    let called = |id: &str| HostHeartbeat { friendly_name: "one".into(), ..beat(id) };
    hosts.heard(called("a"), t);
    assert_eq!(settle(&mut hosts, t), ["one"]);
    assert_eq!(hosts.heard(called("b"), t + seconds(1)).challenged, ["a"]);
    assert_eq!(settle(&mut hosts, t + seconds(1)), [] as [&str; 0], "is the first one there?");
    hosts.heard(called("a"), t + seconds(2));
    let second = settle(&mut hosts, t + seconds(2)).remove(0);
    assert!(second.starts_with("one-") && crate::hosts::is_object_name(&second), "{second}");
    assert_eq!(second, crate::controller::naming::child("one", &["b"]), "the same each time");
    hosts.heard(called("b"), t + seconds(16));
    assert!(settle(&mut hosts, t + seconds(16)).is_empty());
    assert_eq!(
        (hosts.named("one").unwrap().beat.id.as_str(), hosts.named(&second).unwrap().beat.id.as_str()),
        ("a", "b")
    );
}

#[test]
fn the_name_of_a_dead_host_goes_only_to_one_at_its_address() {
    let t = Instant::now();
    for (port, follows) in [(8000, true), (8001, false)] {
        let mut hosts = LiveHosts::new(t);
        hosts.heard(started("old", "one", 100), t);
        settle(&mut hosts, t);
        hosts.heard(HostHeartbeat { http_port: port, ..started("new", "one", 200) }, t + seconds(70));
        hosts.declare_dead("old", t + seconds(75));
        hosts.judge(0, |_| false, t + seconds(75));
        let given = settle(&mut hosts, t + seconds(75));
        assert_eq!(given == ["one"], follows, "{given:?}");
        hosts.heard(started("old", "one", 100), t + seconds(80));
        settle(&mut hosts, t + seconds(80));
        let names: BTreeSet<_> = hosts.iter().filter_map(|host| host.name.clone()).collect();
        assert!(follows || names.len() == 2, "back, it has its own: {names:?}");
    }
}

#[test]
fn a_host_keeps_the_object_that_has_its_id_whatever_it_calls_itself() {
    let t = Instant::now();
    let mut hosts = LiveHosts::new(t);
    hosts.heard(beat("a"), t);
    let own = |_: &LiveHost| Claim { own: Some("other".into()), reserved: true };
    assert_eq!(hosts.settle_names(own, t), ["other"]);
    hosts.heard(HostHeartbeat { friendly_name: "again-another".into(), ..beat("a") }, t + seconds(15));
    assert!(settle(&mut hosts, t + seconds(15)).is_empty());
    assert_eq!(hosts.get("a").unwrap().name.as_deref(), Some("other"));
}

#[test]
fn who_cannot_be_given_the_name_in_time_gets_another() {
    let t = Instant::now();
    let mut hosts = LiveHosts::new(t);
    hosts.heard(beat("a"), t);
    let reserved = |_: &LiveHost| Claim { own: None, reserved: true };
    assert!(hosts.settle_names(reserved, t + seconds(29)).is_empty());
    assert!(hosts.settle_names(reserved, t + seconds(30))[0].starts_with("name-a-"));
}

#[test]
fn labels_that_are_none_are_left_out_and_named() {
    let t = Instant::now();
    let mut hosts = LiveHosts::new(t);
    let labels = [("fine", "x"), ("a.b/c", ""), ("not fine", "x"), ("long", &"x".repeat(64)), ("/x", "y"), ("", "")];
    let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    hosts.heard(HostHeartbeat { labels, ..beat("a") }, t);
    let host = hosts.get("a").unwrap();
    assert_eq!(host.beat.labels.keys().collect::<Vec<_>>(), ["a.b/c", "fine"]);
    assert_eq!(host.odd_labels, ["", "/x", "long", "not fine"]);
}

fn crowd(count: usize, t: Instant) -> LiveHosts {
    let mut hosts = LiveHosts::new(t);
    for number in 0..count {
        hosts.heard(beat(&number.to_string()), t);
    }
    settle(&mut hosts, t);
    hosts
}

#[test]
fn one_death_among_many_is_believed_once_the_others_answer() {
    let t = Instant::now();
    let mut hosts = crowd(4, t);
    let at = t + seconds(61);
    assert!(hosts.declare_dead("0", at));
    let judged = hosts.judge(0, |_| false, at);
    let mut asked = judged.ask.clone();
    asked.sort();
    assert_eq!((asked, judged.dead.len()), (vec!["1".to_owned(), "2".into(), "3".into()], 0));
    assert_eq!(hosts.standing("0", at), Standing::Unsure, "not yet");
    hosts.heard(beat("1"), at);
    assert!(hosts.judge(0, |_| false, at).dead.is_empty());
    hosts.heard(beat("2"), at);
    assert_eq!(hosts.judge(0, |_| false, at).dead, ["0"], "half of them are there");
    assert_eq!((hosts.standing("0", at), hosts.judges_at()), (Standing::Dead, None));
}

#[test]
fn when_more_than_half_do_not_answer_it_is_held_for_a_minute() {
    let t = Instant::now();
    let mut hosts = crowd(5, t);
    let at = t + seconds(61);
    hosts.heard(beat("3"), at);
    hosts.heard(beat("4"), at);
    hosts.declare_dead("0", at);
    hosts.judge(0, |_| false, at);
    assert_eq!(hosts.judge(0, |_| false, at + seconds(5)), Judgement::default(), "the others have time to answer");
    let judged = hosts.judge(0, |_| false, at + seconds(6));
    assert_eq!(judged.held, ["0"]);
    let alarm = hosts.alarm().unwrap();
    assert_eq!((alarm.missing, alarm.total, alarm.told_on.as_str()), (3, 5, "name-0"));
    hosts.declare_dead("1", at + seconds(8));
    assert_eq!(hosts.judge(0, |_| false, at + seconds(60)), Judgement::default());
    assert_eq!(hosts.standing("1", at + seconds(60)), Standing::Unsure);
    hosts.heard(beat("1"), at + seconds(61));
    assert_eq!(hosts.judge(0, |_| false, at + seconds(66)).dead, ["0"], "those that are back are spared");
}

#[test]
fn two_are_no_crowd_and_who_pulls_is_not_counted() {
    let t = Instant::now();
    let at = t + seconds(61);
    let mut two = crowd(2, t);
    two.declare_dead("0", at);
    assert_eq!(two.judge(0, |_| false, at).dead, ["0"]);
    let mut busy = crowd(5, t);
    busy.declare_dead("0", at);
    assert_eq!(busy.judge(0, |id| id != "0" && id != "1", at).dead, ["0"]);
    let mut unheard_of = crowd(1, t);
    unheard_of.declare_dead("0", at);
    unheard_of.judge(2, |_| false, at);
    assert_eq!(unheard_of.judge(2, |_| false, at + seconds(6)).held, ["0"], "those known from objects alone count");
}

#[test]
fn what_was_held_when_the_bus_failed_is_forgotten() {
    let t = Instant::now();
    let mut hosts = crowd(3, t);
    hosts.declare_dead("0", t + seconds(61));
    hosts.declare_dead("1", t + seconds(61));
    hosts.judge(0, |_| false, t + seconds(61));
    hosts.judge(0, |_| false, t + seconds(67));
    assert!(hosts.alarm().is_some());
    hosts.disconnected();
    assert!(hosts.alarm().is_none() && hosts.get("0").unwrap().dead_since.is_none());
    assert_eq!(hosts.judge(0, |_| false, t + seconds(900)), Judgement::default());
}
