use hermes_core::Env;

/// Opens a page in the person's browser.
pub(crate) trait Opener: Send + Sync {
    /// Tries to open it; false when there is no browser to be had.
    fn open(&self, url: &url::Url) -> bool;
}

/// The system's browser.
#[derive(Debug)]
pub(crate) struct SystemOpener {
    usable: bool,
}

impl SystemOpener {
    /// Looks whether a browser on this machine would be seen by the person: not over SSH and, on Linux, not without a display.
    pub(crate) fn new(env: &Env) -> Self {
        let remote = env.get("SSH_CONNECTION").is_some() || env.get("SSH_TTY").is_some();
        let display = env.get("DISPLAY").is_some() || env.get("WAYLAND_DISPLAY").is_some();
        Self {
            usable: !remote && (display || !cfg!(target_os = "linux")),
        }
    }
}

impl Opener for SystemOpener {
    fn open(&self, url: &url::Url) -> bool {
        // The link was checked when it came; this is the last gate before another program gets it as an argument.
        self.usable && url.scheme() == "https" && webbrowser::open(url.as_str()).is_ok()
    }
}
