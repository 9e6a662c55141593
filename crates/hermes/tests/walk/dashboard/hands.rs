//! A person without a mouse: Tab, Enter, Space, arrows and Escape are all they have.

use serde_json::{Value, json};

use super::board::Board;
use super::browser::{Browser, Page};
use super::screens::{LOADED, signed_in};

/// Steps after which nobody looks on.
const MOST: usize = 400;

/// Whether the element with the focus can be seen, and that it has the focus; the page itself has no mark.
const SEEN: &str = "(() => {
    const it = document.activeElement;
    if (!it || it === document.body) return 'nothing';
    const box = it.getBoundingClientRect(), style = getComputedStyle(it);
    if (!it.matches(':focus-visible')) return 'unmarked ' + it.outerHTML.slice(0, 200);
    const marked = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    if (!marked) return 'unmarked ' + it.outerHTML.slice(0, 200);
    const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return inside ? 'seen' : 'outside the window ' + it.outerHTML.slice(0, 200);
})()";

/// Whether the focus is on something that is there.
const KEPT: &str = "document.activeElement !== null && document.activeElement !== document.body && \
    document.activeElement.checkVisibility()";

/// Hands on the keyboard in front of a signed-in page.
pub(super) struct Hands {
    pub(super) page: Page,
    base: String,
}

impl Hands {
    pub(super) async fn on(browser: &Browser, board: &Board) -> Self {
        let page = signed_in(browser, board).await;
        page.viewport(1280, 800).await;
        Self {
            page,
            base: board.up.base.clone(),
        }
    }

    /// Types an address.
    pub(super) async fn go(&self, path: &str) {
        self.page.open(&format!("{}{path}", self.base)).await;
        self.page.wait_for(LOADED).await;
    }

    pub(super) async fn press(&self, keys: &[&str]) {
        self.page.press(keys).await;
    }

    /// Presses Tab until this has the focus. Every stop on the way can be seen.
    pub(super) async fn to(&self, role: &str, name: &str) {
        let mut passed = Vec::new();
        for _ in 0..MOST {
            self.press(&["Tab"]).await;
            let seen = self.page.evaluate(SEEN).await;
            let focused = self.page.focused().await;
            // Past the last thing the browser's own parts come, and then the first thing again.
            if seen == "nothing" {
                passed.push("-".to_owned());
                continue;
            }
            assert_eq!(seen, "seen", "after {passed:?}");
            let (found_role, found_name) = focused.unwrap_or_default();
            if found_role == role && matches(&found_name, name) {
                return;
            }
            passed.push(format!("{found_role} {found_name}"));
        }
        panic!("Tab does not come to {role} {name}: {passed:?}");
    }

    /// Goes there and presses Enter.
    pub(super) async fn enter(&self, role: &str, name: &str) {
        self.to(role, name).await;
        self.press(&["Enter"]).await;
    }

    /// Waits until a script says so; then the focus must be on something that is there.
    pub(super) async fn kept(&self, condition: &str) {
        self.page.wait_for(condition).await;
        self.page.wait_for(LOADED).await;
        self.page.wait_for(KEPT).await;
    }

    /// Waits until the focus is here.
    pub(super) async fn at(&self, role: &str, name: &str) {
        self.page.wait_for(KEPT).await;
        for _ in 0..500 {
            let (found_role, found_name) = self.page.focused().await.unwrap_or_default();
            if found_role == role && matches(&found_name, name) {
                return;
            }
            super::moment().await;
        }
        panic!(
            "the focus is on {:?}, not on {role} {name}",
            self.page.focused().await
        );
    }

    /// Opens a dialog from the menu of an account.
    pub(super) async fn choose(&self, label: &str, action: &str) {
        self.enter("DisclosureTriangle", &format!("More for {label}"))
            .await;
        self.enter("button", action).await;
    }

    /// Agrees to what is asked.
    pub(super) async fn agree(&self, action: &str) {
        self.page
            .wait_for("document.getElementById('confirm').open")
            .await;
        // Escape is the same as the button that the focus is on.
        self.at("button", "Cancel").await;
        self.enter("button", action).await;
    }
}

fn matches(found: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(beginning) => found.starts_with(beginning),
        None => found == wanted,
    }
}

/// A condition: an open dialog shows this and has taken the focus; a key that is pressed before goes to the page below.
pub(super) fn in_dialog(part: &str) -> String {
    format!(
        "[...document.querySelectorAll('dialog[open]')].some(one => one.querySelector('{part}') !== null && \
         one.contains(document.activeElement))"
    )
}

/// A condition: this text can be read in the part of the page for this account.
pub(super) fn account_says(label: &str, text: &str) -> String {
    format!(
        "[...document.querySelectorAll('.account')].some(one => one.querySelector('h2').textContent === {} && \
         one.innerText.includes({}))",
        json!(label),
        json!(text)
    )
}

/// The labels of the accounts, in their order.
pub(super) async fn order(page: &Page) -> Value {
    page.evaluate("[...document.querySelectorAll('.account-who h2')].map(one => one.textContent)")
        .await
}
