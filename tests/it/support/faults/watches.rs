//! Watches that are late, or that end.

use std::io::ErrorKind;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures::StreamExt;
use futures::stream;
use serde_json::json;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Instant, sleep_until};

use super::{Dice, Failure, broken};

/// How a watch ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    /// Without a word, as after its time.
    Silent,
    /// With half an event and a broken connection.
    Torn,
    /// With the word that its revision is too old to go on from.
    Expired,
}

/// All watches of a client.
#[derive(Clone)]
pub(super) struct Watches {
    cuts: broadcast::Sender<Cut>,
    longest: Arc<Mutex<Duration>>,
    dice: Arc<Mutex<Dice>>,
}

impl Watches {
    pub(super) fn new() -> Self {
        Self { cuts: broadcast::channel(16).0, longest: Arc::default(), dice: Arc::new(Mutex::new(Dice(7))) }
    }

    pub(super) fn cut(&self, how: Cut) {
        let _ = self.cuts.send(how);
    }

    pub(super) fn delay(&self, longest: Duration) {
        *self.longest.lock().unwrap() = longest;
    }

    /// Brings what a watch brings, in its order, as late as it is to be, until it is cut.
    pub(super) fn carry(&self, body: Body) -> Body {
        let (sender, receiver) = mpsc::unbounded_channel::<(Instant, Result<Bytes, Failure>)>();
        let (watches, mut cuts) = (self.clone(), self.cuts.subscribe());
        tokio::spawn(async move {
            let mut pieces = body.into_data_stream();
            loop {
                tokio::select! {
                    piece = pieces.next() => {
                        let Some(Ok(piece)) = piece else { return };
                        let _ = sender.send((watches.due(), Ok(piece)));
                    }
                    Ok(how) = cuts.recv() => {
                        last_words(how).into_iter().for_each(|word| { let _ = sender.send((Instant::now(), word)); });
                        return;
                    }
                    () = sender.closed() => return,
                }
            }
        });
        Body::from_stream(stream::unfold(receiver, |mut receiver| async move {
            let (due, piece) = receiver.recv().await?;
            sleep_until(due).await;
            Some((piece, receiver))
        }))
    }

    fn due(&self) -> Instant {
        let longest = usize::try_from(self.longest.lock().unwrap().as_millis()).unwrap();
        let late = if longest == 0 { 0 } else { self.dice.lock().unwrap().below(longest) };
        Instant::now() + Duration::from_millis(u64::try_from(late).unwrap())
    }
}

fn last_words(how: Cut) -> Vec<Result<Bytes, Failure>> {
    let expired = || {
        let status = json!({
            "apiVersion": "v1", "kind": "Status", "status": "Failure", "reason": "Expired", "code": 410,
            "message": "too old resource version: 1 (2)",
        });
        Bytes::from(format!("{}\n", json!({ "type": "ERROR", "object": status })))
    };
    match how {
        Cut::Silent => Vec::new(),
        Cut::Torn => vec![
            Ok(Bytes::from_static(b"{\"type\":\"MODIFIED\",\"object\":{\"apiVers")),
            Err(broken(ErrorKind::ConnectionReset)),
        ],
        Cut::Expired => vec![Ok(expired())],
    }
}
