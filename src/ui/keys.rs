//! Keys of a terminal while a question stands on it.

#[cfg(unix)]
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// While it stands, standard input hands over each key as it is pressed, Ctrl-C too, and echoes none.
///
/// Whoever reads a key switches the terminal for that one key alone; a Ctrl-C before the first or between two of them
/// would be a signal, which nobody hears who waits for a key.
#[derive(Debug)]
pub(super) struct EachKey {
    #[cfg(unix)]
    before: Option<Termios>,
}

impl EachKey {
    /// Where there is no terminal nothing changes; Windows' keys arrive so by themselves.
    pub(super) fn begin() -> Self {
        #[cfg(unix)]
        {
            let before = tcgetattr(rustix::stdio::stdin()).ok();
            if let Some(before) = &before {
                let mut now = before.clone();
                now.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
                let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Drain, &now);
            }
            Self { before }
        }
        #[cfg(not(unix))]
        Self {}
    }
}

#[cfg(unix)]
impl Drop for EachKey {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Drain, before);
        }
    }
}
