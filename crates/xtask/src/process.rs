//! Commands that run to their end, and servers that are ended. By std and not by xshell, whose commands
//! join no process group: Ctrl-C has to end what a command has started, and a dropped server its children.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::paths;

/// A command in the workspace's root that finds our tools first on `PATH`.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(paths::tools_bin()).chain(std::env::split_paths(&path));
    if let Ok(path) = std::env::join_paths(folders) {
        command.env("PATH", path);
    }
    // The environment that `cargo run` has set for this program is not for a cargo that it starts.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME"] {
        command.env_remove(name);
    }
    command.current_dir(paths::root());
    command
}

/// The same for cargo, with the toolchain that runs us.
pub(crate) fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs it to its end. An error, which names the command, when it does not exit with 0.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = Group::spawn(command, &shown)?.wait()?;
    if !status.success() {
        bail!("`{shown}`: {status}");
    }
    Ok(())
}

/// Runs it and returns its standard output. Its errors are shown as they come.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("`{shown}` does not start"))?;
    if !output.status.success() {
        bail!("`{shown}`: {}", output.status);
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// A child with everything that it starts. Dropping it ends them all.
pub(crate) struct Group {
    child: Child,
    shown: String,
}

impl Group {
    /// Starts it, in a new process group where there are such.
    pub(crate) fn spawn(command: &mut Command, shown: &str) -> Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        // The lock is held while it starts, so a signal cannot fall between start and note.
        let mut running = running();
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("`{shown}` does not start"))?;
        running.push(child.id());
        Ok(Self { child, shown: shown.to_owned() })
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> Result<ExitStatus> {
        self.child.wait().with_context(|| format!("waiting for `{}`", self.shown))
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("looking at `{}`", self.shown))
    }

    /// Its standard output, if that was piped and not yet taken.
    pub(crate) fn stdout(&mut self) -> Option<BufReader<ChildStdout>> {
        self.child.stdout.take().map(BufReader::new)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let id = self.child.id();
        // Until it is waited for, the id belongs to this child.
        if let Ok(None) = self.child.try_wait() {
            end_group(id);
            #[cfg(not(unix))]
            self.child.kill().ok();
            self.child.wait().ok();
        }
        running().retain(|other| *other != id);
    }
}

/// From now on Ctrl-C or a kill ends the children first.
pub(crate) fn end_children_on_signal() -> Result<()> {
    ctrlc::set_handler(|| {
        for id in running().iter() {
            end_group(*id);
        }
        // 128 + SIGINT, as shells have it.
        std::process::exit(130);
    })
    .context("no handler for Ctrl-C")
}

/// `preferred` if it is free, else a free port.
pub(crate) fn free_port(preferred: u16) -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, preferred))
        .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .context("no free port on the loopback address")?;
    Ok(listener.local_addr()?.port())
}

/// Waits until something listens on the port; an error when `server` ends first or time runs out.
pub(crate) fn wait_for_port(port: u16, server: &mut Group, limit: Duration) -> Result<()> {
    let start = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if let Some(status) = server.ended()? {
            bail!("`{}` ended before it listened: {status}", server.shown);
        }
        if start.elapsed() > limit {
            bail!("`{}` does not listen on {port} after {} s", server.shown, limit.as_secs());
        }
        thread::sleep(POLL_INTERVAL);
    }
    Ok(())
}

/// Passes a server's lines on, each with its name before it.
pub(crate) fn forward(name: &'static str, lines: impl BufRead + Send + 'static) {
    thread::spawn(move || {
        for line in lines.lines().map_while(Result::ok) {
            println!("[{name}] {line}");
        }
    });
}

/// Builds the sandbox and returns its executable.
pub(crate) fn build_sandbox() -> Result<std::path::PathBuf> {
    run(cargo().args(["build", "--package", "relight-sandbox"]))?;
    let name = format!("relight-sandbox{}", std::env::consts::EXE_SUFFIX);
    Ok(paths::cargo_target().join("debug").join(name))
}

/// Starts it on `port` and waits until it listens.
pub(crate) fn start_sandbox(
    executable: &Path,
    port: u16,
    arguments: &[std::ffi::OsString],
) -> Result<Group> {
    let mut server = Group::spawn(
        command(executable)
            .args(["--port", &port.to_string()])
            .args(arguments)
            .stdout(Stdio::piped()),
        "relight-sandbox",
    )?;
    if let Some(lines) = server.stdout() {
        forward("sandbox", lines);
    }
    wait_for_port(port, &mut server, Duration::from_secs(30))?;
    Ok(server)
}

const POLL_INTERVAL: Duration = Duration::from_millis(50);

static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn running() -> MutexGuard<'static, Vec<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(unix)]
fn end_group(id: u32) {
    use nix::{
        sys::signal::{Signal, killpg},
        unistd::Pid,
    };
    if let Ok(id) = i32::try_from(id) {
        killpg(Pid::from_raw(id), Signal::SIGTERM).ok();
    }
}

#[cfg(not(unix))]
fn end_group(_id: u32) {}

#[cfg(all(test, unix))]
mod tests {
    use super::{Group, Instant, Stdio, command, free_port, run, wait_for_port};
    use std::{
        io::{BufRead, Read},
        net::{Ipv4Addr, TcpListener},
        time::Duration,
    };

    #[test]
    fn a_dropped_group_takes_its_grandchildren_along() {
        let start = Instant::now();
        let mut shell = command("sh");
        shell.args(["-c", "sleep 60 & echo started; wait"]).stdout(Stdio::piped());
        let mut group = Group::spawn(&mut shell, "sh").unwrap();
        let mut output = group.stdout().unwrap();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        assert_eq!(line, "started\n");
        drop(group);
        // The pipe ends when the last one that holds it has ended.
        output.read_to_string(&mut line).unwrap();
        assert!(start.elapsed() < Duration::from_secs(30), "the grandchild lived on");
    }

    #[test]
    fn a_taken_port_is_not_given_out() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let taken = listener.local_addr().unwrap().port();
        assert_ne!(free_port(taken).unwrap(), taken);
    }

    #[test]
    fn a_server_that_ends_is_not_waited_for() {
        let mut server = Group::spawn(command("sh").args(["-c", "exit 3"]), "a server").unwrap();
        let error = wait_for_port(free_port(0).unwrap(), &mut server, Duration::from_secs(30));
        let error = error.unwrap_err().to_string();
        assert!(error.contains("a server") && error.contains('3'), "{error}");
    }

    #[test]
    fn a_failed_command_is_named() {
        let error = run(command("sh").args(["-c", "exit 4"])).unwrap_err().to_string();
        assert!(error.contains("sh -c exit 4"), "{error}");
    }
}
