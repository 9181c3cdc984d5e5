//! A terminal with the binary in it: what a person would see, and keys to press.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::Parser;

use super::TestEnv;
use crate::real::cluster::within;

/// How long anything may take to be seen.
const PATIENCE: Duration = Duration::from_secs(30);

/// The terminal, with a program in it.
pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    seen: Arc<Mutex<Seen>>,
}

struct Seen {
    screen: Parser,
    bytes: Vec<u8>,
    ended: bool,
}

impl Terminal {
    /// Runs the binary in a terminal of that many rows and columns.
    pub(crate) fn run(env: &TestEnv, (rows, columns): (u16, u16), vars: &[(&str, &str)], words: &[&str]) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_kubectl-wasmcloud"));
        command.env_clear();
        command.env("HOME", env.home());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        vars.iter().for_each(|(name, value)| command.env(name, value));
        command.cwd(env.home());
        command.args(words);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let seen = Seen { screen: Parser::new(cells(rows), cells(columns), 1000), bytes: Vec::new(), ended: false };
        let seen = Arc::new(Mutex::new(seen));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let told = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // The reader of a terminal whose program has ended gets an error.
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                let mut seen = told.lock().unwrap();
                seen.screen.process(&buffer[..length]);
                seen.bytes.extend(&buffer[..length]);
            }
            told.lock().unwrap().ended = true;
        });
        let keys = pair.master.take_writer().unwrap();
        Self { child, master: pair.master, keys, seen }
    }

    /// What stands on the screen now, without empty lines at its end.
    pub(crate) fn screen(&self) -> String {
        let seen = self.seen.lock().unwrap();
        let lines: Vec<_> = seen.screen.screen().contents().lines().map(|line| line.trim_end().to_owned()).collect();
        lines.join("\n").trim_end().to_owned()
    }

    /// Everything that was ever written, control sequences and all.
    pub(crate) fn written(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap().bytes).into_owned()
    }

    /// Whether the cursor is hidden.
    pub(crate) fn hides_cursor(&self) -> bool {
        self.seen.lock().unwrap().screen.screen().hide_cursor()
    }

    /// Waits until the screen is as asked for.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, is_so: impl Fn(&str) -> bool) {
        within(PATIENCE, what, || {
            let screen = self.screen();
            if is_so(&screen) { Ok(()) } else { Err(format!("the screen is\n{screen}")) }
        });
    }

    /// Waits until that stands on the screen.
    #[track_caller]
    pub(crate) fn shows(&self, words: &str) {
        self.until(&format!("`{words}` is shown"), |screen| screen.contains(words));
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Makes it another size.
    pub(crate) fn resize(&self, rows: u16, columns: u16) {
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
        self.seen.lock().unwrap().screen.screen_mut().set_size(cells(rows), cells(columns));
    }

    /// Waits for the program's end; its code, and the screen then.
    #[track_caller]
    pub(crate) fn end(mut self) -> (u32, String) {
        let code = within(PATIENCE, "the program ends", || {
            let screen = self.screen();
            self.child.try_wait().unwrap().ok_or(format!("the screen is\n{screen}"))
        });
        within(PATIENCE, "all is read", || if self.seen.lock().unwrap().ended { Ok(()) } else { Err(String::new()) });
        assert!(!self.hides_cursor(), "the cursor is left hidden");
        (code.exit_code(), self.screen())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}
