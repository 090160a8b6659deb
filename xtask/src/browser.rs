//! The pages looked at in a real browser: Debian's Chromium, driven by Playwright, against `longplay demo`.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{house::House, process, tally::Tally};

const START_MAX: Duration = Duration::from_secs(120);

pub fn run(house: &House) -> Result<Tally> {
    need_chromium()?;
    let tests = house.root.join("crates/server/tests/browser");
    install_packages(&tests)?;
    process::must(
        Command::new("cargo")
            .current_dir(&house.root)
            .args(["build", "--quiet", "-p", "longplay"]),
    )?;

    let data = house.keep("browser-data")?;
    fs::remove_dir_all(&data).context("cannot clear the last run's data")?;
    let mut demo = Demo::start(&house.longplay(), &data)?;
    let shots = house.keep("browser-shots")?;
    println!("screenshots go to {}", shots.display());
    let tally = process::tests(
        Command::new("node")
            .current_dir(&tests)
            .arg("run.mjs")
            .arg(&demo.url)
            .arg(&shots)
            .arg(house.longplay())
            .arg(&data),
    )?;
    demo.stop()?;
    Ok(tally)
}

/// Chromium, from Debian's packages where there is none.
pub fn need_chromium() -> Result<()> {
    if process::found(&["chromium", "chromium-browser", "google-chrome"]).is_none() {
        process::apt_install(&["chromium", "fonts-dejavu-core"])?;
    }
    Ok(())
}

/// What the `package.json` of a folder asks for, as its lock file says where there is one.
pub fn install_packages(folder: &Path) -> Result<()> {
    let npm: &[&str] = if folder.join("package-lock.json").exists() {
        &["ci"]
    } else {
        &["install", "--no-package-lock"]
    };
    let quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
    process::must(Command::new("npm").current_dir(folder).args(npm).args(quiet))
}

/// A running `longplay demo`; ended when dropped.
struct Demo {
    child: Child,
    url: String,
}

impl Demo {
    fn start(longplay: &Path, data: &Path) -> Result<Self> {
        let mut child = Command::new(longplay)
            .arg("--data")
            .arg(data)
            .args(["demo", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", longplay.display()))?;
        let (sender, receiver) = mpsc::channel();
        pass_on(child.stdout.take(), sender.clone());
        pass_on(child.stderr.take(), sender);
        match receiver.recv_timeout(START_MAX) {
            Ok(url) => Ok(Self { child, url }),
            Err(_) => {
                child.kill().context("cannot end the demo")?;
                bail!("longplay demo named no address within {} s", START_MAX.as_secs())
            }
        }
    }

    /// SIGTERM must be enough.
    fn stop(&mut self) -> Result<()> {
        process::must(Command::new("kill").args(["-TERM", &self.child.id().to_string()]))?;
        for _ in 0..100 {
            if let Some(status) = self.child.try_wait()? {
                if !status.success() {
                    bail!("longplay demo ended with {status} on SIGTERM");
                }
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("longplay demo did not end within 5 s of SIGTERM")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Already gone after `stop`, and then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Passes a stream's lines on to ours, and the first address in them to the one who waits for it.
fn pass_on(stream: Option<impl Read + Send + 'static>, addresses: mpsc::Sender<String>) {
    let Some(stream) = stream else { return };
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            println!("demo: {line}");
            if let Some(start) = line.find("http://") {
                let url = line[start..]
                    .split_whitespace()
                    .next()
                    .unwrap_or_default()
                    .trim_end_matches(['.', ',', '/']);
                // The waiting side is gone once it has its address.
                let _ = addresses.send(url.to_owned());
            }
        }
    });
}
