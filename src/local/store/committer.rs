//! The thread that writes to the disk: everything that waits is one group, with one fsync.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::disk::Disk;
use super::published::{Group, Shared};
use super::{Change, Expected, Key, Refused, StoreError, Stored};

/// How many writes a group takes at most, so that the first ones do not wait for ever.
const GROUP: usize = 1024;

type Answer = Result<Arc<Stored>, Refused>;

/// A write that waits.
struct Request {
    key: Key,
    expected: Expected,
    change: Change,
    answer: oneshot::Sender<Answer>,
}

enum Message {
    Write(Box<Request>),
    Close,
}

/// The way to the thread.
pub(super) struct Committer {
    queue: Sender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Committer {
    /// Starts the thread.
    pub(super) fn start(shared: Arc<Shared>, disk: Disk, path: &Path) -> Result<Self, StoreError> {
        let (queue, waiting) = channel();
        let newest = shared.read().revision();
        let work = Work { shared, disk, newest };
        let thread = std::thread::Builder::new().name("store".into()).spawn(move || work.run(&waiting));
        let thread = thread.map_err(|error| StoreError::disk("opened", path, &error))?;
        Ok(Self { queue, thread: Mutex::new(Some(thread)) })
    }

    pub(super) async fn write(&self, key: Key, expected: Expected, change: Change) -> Answer {
        let (answer, answered) = oneshot::channel();
        let request = Request { key, expected, change, answer };
        self.queue.send(Message::Write(Box::new(request))).map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Lets the thread finish what was asked of it before, and waits for its end.
    pub(super) fn close(&self) {
        let _ = self.queue.send(Message::Close);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

struct Work {
    shared: Arc<Shared>,
    disk: Disk,
    /// The highest revision that was ever given away; a failed group's are not given again.
    newest: u64,
}

impl Work {
    fn run(mut self, waiting: &Receiver<Message>) {
        let _end = End(Arc::clone(&self.shared));
        while let Ok(Message::Write(first)) = waiting.recv() {
            let mut requests = vec![*first];
            let mut goes_on = true;
            while goes_on && requests.len() < GROUP {
                match waiting.try_recv() {
                    Ok(Message::Write(request)) => requests.push(*request),
                    Ok(Message::Close) => goes_on = false,
                    Err(_) => break,
                }
            }
            self.commit(requests);
            if !goes_on {
                break;
            }
        }
        if let Err(error) = self.disk.settle(&self.shared) {
            tracing::warn!(%error, "writes that were refused may be there at the next start");
        }
    }

    fn commit(&mut self, requests: Vec<Request>) {
        let mut group = Group::after(self.newest);
        let add =
            |Request { key, expected, change, answer }| (answer, group.add(&self.shared.read(), key, expected, change));
        let answers: Vec<_> = requests.into_iter().map(add).collect();
        self.newest = group.revision();
        let committed = self.put(group);
        for (answer, result) in answers {
            let result = match &committed {
                Ok(()) => result.map_err(Refused::Conflict),
                Err(error) => Err(Refused::Failed(error.clone())),
            };
            // Whoever no longer waits knows that the write may be done.
            let _ = answer.send(result);
        }
    }

    /// On the disk first, then before all eyes. An empty group is neither: its revision is not on the disk.
    fn put(&mut self, group: Group) -> Result<(), StoreError> {
        if group.is_empty() {
            return Ok(());
        }
        self.disk.commit(&group, &self.shared)?;
        self.shared.write().publish(group);
        self.shared.wake();
        Ok(())
    }
}

/// Ends the watches when the thread ends, however it ends.
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.close();
    }
}
