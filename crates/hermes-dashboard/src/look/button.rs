use maud::{Markup, html};
use serde_json::Value;

use super::icon::{Icon, icon};

/// How a button looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The one that most people want.
    Primary,
    /// Any other.
    Plain,
    /// Without a frame, as in menus and rows.
    Bare,
    /// Ends something for good.
    Danger,
}

impl Kind {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Plain => "button",
            Self::Bare => "button bare",
            Self::Danger => "button danger",
        }
    }
}

/// What the script does with a good answer; without it the page's content is loaded again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Opens the dialog of the login that the answer names in `session_id`.
    Login,
    /// Opens the dialog with this id and fills its parts named by `data-from` with fields of the answer.
    Show(&'static str),
    /// Goes to the signed-out state.
    SignOut,
}

impl Then {
    pub(super) fn words(self) -> String {
        match self {
            Self::Login => "login".to_owned(),
            Self::Show(dialog) => format!("show {dialog}"),
            Self::SignOut => "sign-out".to_owned(),
        }
    }
}

/// The question before a call is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirm {
    /// What is asked.
    pub title: String,
    /// What it ends or changes.
    pub text: String,
}

/// A call of the admin API that a button makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    method: &'static str,
    path: String,
    body: Option<Value>,
    confirm: Option<Confirm>,
    then: Option<Then>,
    about: Option<String>,
}

impl Call {
    /// A call. `path` begins with `/api/`; its variable parts are [`encoded`](super::encoded).
    pub fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            body: None,
            confirm: None,
            then: None,
            about: None,
        }
    }

    /// With this JSON body.
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Only after a person has agreed.
    pub fn confirm(mut self, title: impl Into<String>, text: impl Into<String>) -> Self {
        self.confirm = Some(Confirm {
            title: title.into(),
            text: text.into(),
        });
        self
    }

    /// With something else to do after it than loading the content again.
    pub fn then(mut self, then: Then) -> Self {
        self.then = Some(then);
        self
    }

    /// Said behind the button's words by a screen reader, where several buttons have the same words.
    pub fn about(mut self, name: impl Into<String>) -> Self {
        self.about = Some(name.into());
        self
    }

    pub(crate) fn target(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(crate) fn body_text(&self) -> Option<String> {
        self.body.as_ref().map(Value::to_string)
    }

    pub(crate) fn then_words(&self) -> Option<String> {
        self.then.map(Then::words)
    }
}

/// A button that makes a call.
pub fn button(kind: Kind, label: &str, mark: Option<Icon>, call: &Call) -> Markup {
    let confirm = call.confirm.as_ref();
    let said = call.about.as_ref().map(|about| format!("{label} {about}"));
    html! {
        button type="button" class=(kind.class()) data-call=(call.target()) data-body=[call.body_text()]
            aria-label=[said] data-then=[call.then_words()] data-confirm=[confirm.map(|one| &one.text)]
            data-confirm-title=[confirm.map(|one| &one.title)] data-danger[confirm.is_some() && kind == Kind::Danger] {
            @if let Some(mark) = mark { (icon(mark)) }
            span { (label) }
        }
    }
}

/// A button that opens the dialog with this id.
pub fn opener(kind: Kind, label: &str, mark: Option<Icon>, dialog: &str) -> Markup {
    html! {
        button type="button" class=(kind.class()) data-open=(dialog) aria-haspopup="dialog" {
            @if let Some(mark) = mark { (icon(mark)) }
            span { (label) }
        }
    }
}
