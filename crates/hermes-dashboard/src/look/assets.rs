//! The files below `/assets/`, in the binary.

/// One file.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Its address.
    pub path: &'static str,
    /// Its content type.
    pub content_type: &'static str,
    /// Its content.
    pub body: &'static [u8],
}

/// Modules that the entry point imports; named in the document so that they are fetched at once.
pub(super) const MODULES: [&str; 8] = [
    "/assets/call.js",
    "/assets/dialog.js",
    "/assets/events.js",
    "/assets/list.js",
    "/assets/page.js",
    "/assets/tabs.js",
    "/assets/time.js",
    "/assets/words.js",
];

const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! asset {
    ($name:literal, $kind:expr) => {
        Asset {
            path: concat!("/assets/", $name),
            content_type: $kind,
            body: include_bytes!(concat!("../../assets/", $name)),
        }
    };
}

/// Every file.
pub const ALL: [Asset; 12] = [
    asset!("style.css", "text/css; charset=utf-8"),
    asset!("icon.svg", "image/svg+xml"),
    asset!("theme.js", SCRIPT),
    asset!("app.js", SCRIPT),
    asset!("call.js", SCRIPT),
    asset!("dialog.js", SCRIPT),
    asset!("events.js", SCRIPT),
    asset!("list.js", SCRIPT),
    asset!("page.js", SCRIPT),
    asset!("tabs.js", SCRIPT),
    asset!("time.js", SCRIPT),
    asset!("words.js", SCRIPT),
];

/// The file at this address.
pub fn find(path: &str) -> Option<&'static Asset> {
    ALL.iter().find(|asset| asset.path == path)
}
