use hermes_core::Env;
use url::Url;

/// Opens a page in the person's browser.
pub(crate) trait Opener: Send + Sync {
    /// Tries to open it; false when there is no browser to be had.
    fn open(&self, url: &Url) -> bool;
}

/// What a browser needs of the environment. The rest, where keys may be, is not handed on.
const HANDED_ON: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "LC_ALL",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "DBUS_SESSION_BUS_ADDRESS",
    "XDG_RUNTIME_DIR",
    "XDG_SESSION_TYPE",
    "XDG_CURRENT_DESKTOP",
    "XDG_DATA_DIRS",
    "XDG_CONFIG_DIRS",
    "XDG_DATA_HOME",
    "XDG_CONFIG_HOME",
    "BROWSER",
];

/// The system's browser.
#[derive(Debug)]
pub(crate) struct SystemOpener {
    usable: bool,
    #[cfg_attr(
        not(unix),
        expect(dead_code, reason = "other systems start no program of their own")
    )]
    env: Vec<(&'static str, String)>,
}

impl SystemOpener {
    /// Looks whether a browser on this machine would be seen by the person: not over SSH and, on Linux, not without a display.
    pub(crate) fn new(env: &Env) -> Self {
        let remote = env.get("SSH_CONNECTION").is_some() || env.get("SSH_TTY").is_some();
        let display = env.get("DISPLAY").is_some() || env.get("WAYLAND_DISPLAY").is_some();
        let handed_on = HANDED_ON
            .iter()
            .filter_map(|name| Some((*name, env.get(name)?.to_owned())));
        Self {
            usable: !remote && (display || !cfg!(target_os = "linux")),
            env: handed_on.collect(),
        }
    }

    #[cfg(unix)]
    fn start(&self, url: &Url) -> bool {
        use std::process::{Command, Stdio};
        let program = if cfg!(target_os = "macos") {
            "open"
        } else {
            "xdg-open"
        };
        let started = Command::new(program)
            .arg(url.as_str())
            .env_clear()
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut child) = started else {
            return false;
        };
        // It may live as long as the browser; only its end is to be taken note of.
        std::thread::spawn(move || child.wait());
        true
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "the same shape as on unix")]
    fn start(&self, url: &Url) -> bool {
        webbrowser::open(url.as_str()).is_ok()
    }
}

impl Opener for SystemOpener {
    fn open(&self, url: &Url) -> bool {
        // The link was checked when it came; this is the last gate before another program gets it as an argument.
        self.usable && url.scheme() == "https" && self.start(url)
    }
}
