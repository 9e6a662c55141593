use maud::{Markup, html};

/// A drawing of 24 by 24, in the colour of the text beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Overview.
    Home,
    /// Providers.
    Plug,
    /// Requests.
    Pulse,
    /// Usage.
    Chart,
    /// Keys.
    Key,
    /// Settings.
    Sliders,
    /// Copies.
    Copy,
    /// Leaves the dashboard.
    Out,
    /// A warning.
    Warning,
    /// Done.
    Check,
    /// Opens a menu.
    More,
    /// Handle for dragging.
    Grip,
    /// Adds.
    Plus,
    /// Closes or refuses.
    Cross,
    /// Searches.
    Search,
    /// Goes back.
    Back,
    /// Time.
    Clock,
    /// Browser.
    Globe,
    /// Device.
    Phone,
    /// Downloads.
    Down,
    /// Renews.
    Renew,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Home => "M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z",
            Self::Plug => "M9 3v5m6-5v5M6 8h12v3a6 6 0 0 1-12 0zm6 9v4",
            Self::Pulse => "M3 12h4l3-7 4 14 3-7h4",
            Self::Chart => "M4 20h16M7 16v-5m5 5V5m5 11v-8",
            Self::Key => "M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8zm3 1l9-9m-4 4l3 3",
            Self::Sliders => {
                "M4 7h9m5 0h2M4 17h2m5 0h9M15.5 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM8.5 14.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z"
            }
            Self::Copy => {
                "M9 9h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1zm-4 6H4V4a1 1 0 0 1 1-1h10v2"
            }
            Self::Out => "M14 4h6v6m0-6l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5",
            Self::Warning => "M12 4L2.5 20h19zM12 10v4m0 3v.01",
            Self::Check => "M5 13l4 4L19 7",
            Self::More => "M5 12h.01M12 12h.01M19 12h.01",
            Self::Grip => "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Cross => "M6 6l12 12M18 6L6 18",
            Self::Search => "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm5 11.5L20 20",
            Self::Back => "M15 5l-7 7 7 7",
            Self::Clock => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 4v5l3 2",
            Self::Globe => {
                "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18m0-18c-3 3-3 15 0 18"
            }
            Self::Phone => "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zm3 15h2",
            Self::Down => "M12 4v11m-4-4l4 4 4-4M4 20h16",
            Self::Renew => "M20 7v5h-5M4 17v-5h5M18.5 9A7 7 0 0 0 6 7.5L4 12m2 3a7 7 0 0 0 12 1.5l2-4.5",
        }
    }

    /// Those made of dots want a thicker pen.
    fn class(self) -> &'static str {
        match self {
            Self::More | Self::Grip => "icon dots",
            _ => "icon",
        }
    }
}

/// Draws it; hidden from screen readers, since words stand beside it or in a label.
pub fn icon(icon: Icon) -> Markup {
    html! {
        svg class=(icon.class()) viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" { path d=(icon.path()) {} }
    }
}
