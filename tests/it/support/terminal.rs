//! A terminal with the binary in it: what a person would see, and keys to press. When it is resized, its lines are wrapped
//! anew, as most terminals do.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use alacritty_terminal::Term;
use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::Line;
use alacritty_terminal::term::cell::Flags;
use alacritty_terminal::term::{Config, TermMode};
use alacritty_terminal::vte::ansi::Processor;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

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
    parser: Processor,
    screen: Term<VoidListener>,
    bytes: Vec<u8>,
    ended: bool,
}

/// Rows and columns.
struct Size(u16, u16);

impl Dimensions for Size {
    fn total_lines(&self) -> usize {
        self.screen_lines()
    }

    fn screen_lines(&self) -> usize {
        self.0.into()
    }

    fn columns(&self) -> usize {
        self.1.into()
    }
}

impl Seen {
    fn new(size: &Size) -> Self {
        let screen = Term::new(Config::default(), size, VoidListener);
        Self { parser: Processor::new(), screen, bytes: Vec::new(), ended: false }
    }

    fn take_in(&mut self, bytes: &[u8]) {
        self.parser.advance(&mut self.screen, bytes);
        self.bytes.extend(bytes);
    }

    /// The empty lines below the cursor give way first, as in most terminals; this one would scroll what stands above.
    fn resize(&mut self, size: Size) {
        let used = u16::try_from(self.screen.grid().cursor.point.line.0 + 1).unwrap();
        let columns = u16::try_from(self.screen.columns()).unwrap();
        self.screen.resize(Size(used, columns));
        self.screen.resize(Size(used, size.1));
        self.screen.resize(size);
    }

    fn text(&self, from: Line) -> String {
        let grid = self.screen.grid();
        let mut text = String::new();
        for line in from.0..=grid.bottommost_line().0 {
            let row = &grid[Line(line)];
            let spacer = Flags::WIDE_CHAR_SPACER | Flags::LEADING_WIDE_CHAR_SPACER;
            text.extend(row.into_iter().filter(|cell| !cell.flags.intersects(spacer)).map(|cell| cell.c));
            if !row[grid.last_column()].flags.contains(Flags::WRAPLINE) {
                text.truncate(text.trim_end_matches(' ').len());
                text.push('\n');
            }
        }
        text.trim_end().to_owned()
    }
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
        let seen = Arc::new(Mutex::new(Seen::new(&Size(rows, columns))));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let told = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // The reader of a terminal whose program has ended gets an error.
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                told.lock().unwrap().take_in(&buffer[..length]);
            }
            told.lock().unwrap().ended = true;
        });
        let keys = pair.master.take_writer().unwrap();
        Self { child, master: pair.master, keys, seen }
    }

    /// What stands on the screen now, without empty lines at the end. A line that is too long for the screen is one line
    /// here, as it is for who copies it.
    pub(crate) fn screen(&self) -> String {
        self.seen.lock().unwrap().text(Line(0))
    }

    /// The same, and above it what has scrolled off.
    pub(crate) fn scroll(&self) -> String {
        let seen = self.seen.lock().unwrap();
        seen.text(seen.screen.topmost_line())
    }

    /// Everything that was ever written, control sequences and all.
    pub(crate) fn written(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap().bytes).into_owned()
    }

    /// Whether the cursor is hidden.
    pub(crate) fn hides_cursor(&self) -> bool {
        !self.seen.lock().unwrap().screen.mode().contains(TermMode::SHOW_CURSOR)
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

    /// Waits until the program has had so many seconds of the processor's time.
    #[cfg(target_os = "linux")]
    #[track_caller]
    pub(crate) fn is_busy_for(&self, seconds: f64) {
        /// Of the kernel, for programs.
        const TICKS: f64 = 100.0;
        let path = format!("/proc/{}/stat", self.child.process_id().unwrap());
        within(PATIENCE, "the program computes", || {
            let stat = std::fs::read_to_string(&path).unwrap();
            // Behind the name, in parentheses: state, ten numbers, and the time that it has computed.
            let ticks = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(11)).unwrap();
            let had = ticks.parse::<f64>().unwrap() / TICKS;
            if had >= seconds { Ok(()) } else { Err(format!("{had} s of {seconds}: {}", self.screen())) }
        });
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Makes it another size. The program is halted for that: what it wrote for the former size is on the screen by then.
    pub(crate) fn resize(&self, rows: u16, columns: u16) {
        self.signal("STOP");
        let mut length = usize::MAX;
        within(PATIENCE, "all is read", || {
            let now = self.seen.lock().unwrap().bytes.len();
            if std::mem::replace(&mut length, now) == now { Ok(()) } else { Err(String::new()) }
        });
        self.seen.lock().unwrap().resize(Size(rows, columns));
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
        self.signal("CONT");
    }

    /// Sends the program a signal; unlike a key, that stands nowhere on the screen.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Waits for the program's end; its code, and the screen then. The terminal must be as a shell wants it.
    #[track_caller]
    pub(crate) fn end(self) -> (u32, String) {
        let (code, screen, _) = self.end_with_all();
        (code, screen)
    }

    /// The same, and all that was ever written.
    #[track_caller]
    pub(crate) fn end_with_all(mut self) -> (u32, String, String) {
        let code = self.wait();
        let screen = self.screen();
        assert!(!self.hides_cursor(), "the cursor is left hidden: {screen}");
        let column = self.seen.lock().unwrap().screen.grid().cursor.point.column;
        assert_eq!(column, 0, "the shell would go on in the middle of a line: {screen}");
        (code, screen, self.written())
    }

    #[track_caller]
    fn wait(&mut self) -> u32 {
        let code = within(PATIENCE, "the program ends", || {
            let screen = self.screen();
            self.child.try_wait().unwrap().ok_or(format!("the screen is\n{screen}"))
        });
        within(PATIENCE, "all is read", || if self.seen.lock().unwrap().ended { Ok(()) } else { Err(String::new()) });
        code.exit_code()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
    }
}
