//! One tab.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::element::Scope;
use super::pipe::{Answer, Pipe};
use super::{keys, record, until};
use record::Exchange;

/// Resolves once fonts are there and what was changed has been painted.
const PAINTED: &str = "document.fonts.ready.then(() => new Promise(done => \
    requestAnimationFrame(() => requestAnimationFrame(() => done(true)))))";

/// What a tab tells about itself.
const DOMAINS: [&str; 8] = [
    "Accessibility",
    "Audits",
    "DOM",
    "Log",
    "Network",
    "Page",
    "Performance",
    "Runtime",
];

/// A tab. Its waits end with a panic that tells what is on the page.
#[derive(Debug)]
pub(crate) struct Page {
    pipe: Arc<Pipe>,
    target: String,
    session: String,
}

impl Page {
    pub(super) async fn new(pipe: Arc<Pipe>, target: String, session: String) -> Self {
        let page = Self {
            pipe,
            target,
            session,
        };
        for domain in DOMAINS {
            page.call(&format!("{domain}.enable"), json!({})).await;
        }
        // Keys go to every tab, not only to the one in front.
        page.call("Emulation.setFocusEmulationEnabled", json!({"enabled": true}))
            .await;
        page
    }

    /// Opens an address, waits until it is loaded, and gives the status of the answer; 0 when only the fragment changed.
    pub(crate) async fn open(&self, url: &str) -> u16 {
        let went = self.call("Page.navigate", json!({"url": url})).await;
        let loader = went["loaderId"].as_str().unwrap_or_default();
        let answered = self.exchanges().into_iter().rfind(|one| one.is(loader));
        let status = answered.map_or(0, |one| one.status);
        if let (Some(error), 0) = (went["errorText"].as_str(), status) {
            panic!("{url}: {error}");
        }
        self.wait_for("document.readyState === 'complete'").await;
        status
    }

    /// Opens an address that cannot be reached, and gives Chromium's reason.
    pub(crate) async fn open_in_vain(&self, url: &str) -> String {
        let went = self.call("Page.navigate", json!({"url": url})).await;
        let reason = went["errorText"].as_str();
        reason.unwrap_or_else(|| panic!("{url} was reached")).to_owned()
    }

    /// Loads the page again.
    pub(crate) async fn reload(&self) {
        self.evaluate("window.beforeReload = true").await;
        self.call("Page.reload", json!({})).await;
        self.wait_for("!window.beforeReload && document.readyState === 'complete'")
            .await;
    }

    /// The address in the bar.
    pub(crate) async fn url(&self) -> String {
        let text = self.evaluate("location.href").await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// What a JavaScript expression gives; a promise is waited for.
    pub(crate) async fn evaluate(&self, script: &str) -> Value {
        self.try_evaluate(script)
            .await
            .unwrap_or_else(|error| panic!("{script:.200}: {error}"))
    }

    async fn try_evaluate(&self, script: &str) -> Answer {
        let params =
            json!({"expression": script, "awaitPromise": true, "returnByValue": true, "userGesture": true});
        let mut answer = self.try_call("Runtime.evaluate", params).await?;
        match answer.get("exceptionDetails") {
            Some(thrown) => Err(thrown.to_string()),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    /// Waits until a JavaScript expression is true, over reloads of the page too.
    pub(crate) async fn wait_for(&self, condition: &str) {
        let script = format!("Boolean({condition})");
        let seen = until(async || {
            let value = self.try_evaluate(&script).await.ok()?;
            (value == true).then_some(())
        });
        assert!(
            seen.await.is_some(),
            "never true: {condition}\n{}",
            self.situation().await
        );
    }

    /// Waits until this text can be read on the page.
    pub(crate) async fn wait_for_text(&self, text: &str) {
        self.wait_for(&format!("document.body?.innerText.includes({})", json!(text)))
            .await;
    }

    /// All text that can be read on the page.
    pub(crate) async fn text(&self) -> String {
        let text = self.evaluate("document.body?.innerText ?? ''").await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// The whole page as a place for [`Scope::within`].
    pub(crate) fn whole(&self) -> Scope<'_> {
        Scope::of(self)
    }

    /// The part of the page with this role and name, for what is there more than once.
    pub(crate) fn within(&self, role: &str, name: &str) -> Scope<'_> {
        self.whole().within(role, name)
    }

    /// [`Scope::click`] anywhere on the page.
    pub(crate) async fn click(&self, role: &str, name: &str) {
        self.whole().click(role, name).await;
    }

    /// [`Scope::click_with_wheel`] anywhere on the page.
    pub(crate) async fn click_with_wheel(&self, role: &str, name: &str) {
        self.whole().click_with_wheel(role, name).await;
    }

    /// [`Scope::fill`] anywhere on the page.
    pub(crate) async fn fill(&self, role: &str, name: &str, text: &str) {
        self.whole().fill(role, name, text).await;
    }

    /// Presses keys one after another, such as `Tab`, `Enter`, `a`, `Control+k`, `Shift+Tab`.
    pub(crate) async fn press(&self, chords: &[&str]) {
        for chord in chords {
            for stroke in keys::strokes(chord) {
                self.call("Input.dispatchKeyEvent", stroke).await;
            }
        }
    }

    /// Writes into what has the focus, character by character.
    pub(crate) async fn write(&self, text: &str) {
        for character in text.chars() {
            self.press(&[character.encode_utf8(&mut [0; 4])]).await;
        }
    }

    /// Role and name of what has the focus, as a screen reader says them.
    pub(crate) async fn focus(&self) -> (String, String) {
        let nodes = self.tree().await;
        let has_focus = |node: &&Value| {
            let properties = node["properties"].as_array().into_iter().flatten();
            let mut focused = properties.filter(|one| one["name"] == "focused");
            focused.any(|one| one["value"]["value"] == true)
        };
        // The page itself counts as focused beside its element.
        let found = nodes.iter().rfind(has_focus);
        let said = |field: &str| {
            let value = found.map_or(&Value::Null, |node| &node[field]["value"]);
            value.as_str().unwrap_or_default().to_owned()
        };
        (said("role"), said("name"))
    }

    /// [`Page::focus`] without a look at the rest of the page, for a walk of many steps.
    pub(crate) async fn focused(&self) -> Option<(String, String)> {
        let params = json!({"expression": "document.activeElement"});
        let found = self.try_call("Runtime.evaluate", params).await.ok()?;
        let object = found["result"]["objectId"].as_str()?;
        let params = json!({"objectId": object, "fetchRelatives": false});
        let tree = self
            .try_call("Accessibility.getPartialAXTree", params)
            .await
            .ok()?;
        let said = |field: &str| tree["nodes"][0][field]["value"].as_str().map(str::to_owned);
        Some((said("role")?, said("name").unwrap_or_default()))
    }

    /// The size of the window in CSS pixels.
    pub(crate) async fn viewport(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// What the person's system prefers.
    pub(crate) async fn prefer(&self, dark: bool, reduced_motion: bool) {
        let scheme = if dark { "dark" } else { "light" };
        let motion = if reduced_motion { "reduce" } else { "no-preference" };
        let features = json!({"features": [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion},
        ]});
        self.call("Emulation.setEmulatedMedia", features).await;
    }

    /// The languages of the person, best first, such as `zh-CN`.
    pub(crate) async fn speak(&self, languages: &str) {
        let agent = self.evaluate("navigator.userAgent").await;
        self.call(
            "Emulation.setUserAgentOverride",
            json!({"userAgent": agent, "acceptLanguage": languages}),
        )
        .await;
    }

    /// Whether scripts of later pages run.
    pub(crate) async fn scripts(&self, run: bool) {
        self.call("Emulation.setScriptExecutionDisabled", json!({"value": !run}))
            .await;
    }

    /// A picture of the whole page. The window is as high as the page meanwhile, so that what clings to its edges stays there.
    pub(crate) async fn screenshot(&self, file: &Path) {
        let window = self.evaluate("[innerWidth, innerHeight]").await;
        let side = |value: &Value| value.as_f64().map_or(0, pixels);
        let (width, height) = (side(&window[0]), side(&window[1]));
        let size = self.call("Page.getLayoutMetrics", json!({})).await;
        let whole = side(&size["cssContentSize"]["height"]);
        self.viewport(width, height.max(whole)).await;
        self.screenshot_of_window(file).await;
        self.viewport(width, height).await;
    }

    /// A picture of what the window shows.
    pub(crate) async fn screenshot_of_window(&self, file: &Path) {
        self.evaluate(PAINTED).await;
        let picture = self
            .call("Page.captureScreenshot", json!({"format": "png"}))
            .await;
        let bytes = STANDARD.decode(picture["data"].as_str().unwrap_or_default());
        fs_err::write(file, bytes.expect("a picture")).expect("a file");
    }

    /// Bytes of the page's JavaScript objects after a collection of what nobody needs.
    pub(crate) async fn heap(&self) -> u64 {
        self.call("HeapProfiler.collectGarbage", json!({})).await;
        let told = self.call("Runtime.getHeapUsage", json!({})).await;
        told["usedSize"].as_u64().expect("a size")
    }

    /// From now on Chromium does for the tab what it does for a person without a screen reader, and no more; it is not to be looked for
    /// elements afterwards.
    pub(crate) async fn unwatched(&self) {
        for domain in ["Accessibility", "Audits", "DOM"] {
            self.call(&format!("{domain}.disable"), json!({})).await;
        }
    }

    /// Runs a script at the beginning of every later document, before anything of it.
    pub(crate) async fn at_the_beginning(&self, script: &str) {
        self.call("Page.addScriptToEvaluateOnNewDocument", json!({"source": script}))
            .await;
    }

    /// Forgets the files that the browser keeps.
    pub(crate) async fn forget_files(&self) {
        self.call("Network.clearBrowserCache", json!({})).await;
    }

    /// Every request so far.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        record::exchanges(&self.pipe.events(&self.session))
    }

    /// Errors of scripts and of the console so far.
    pub(crate) fn console(&self) -> Vec<String> {
        record::console(&self.pipe.events(&self.session))
    }

    /// What the content security policy forbade so far.
    pub(crate) fn violations(&self) -> Vec<String> {
        record::violations(&self.pipe.events(&self.session))
    }

    /// Forgets the requests and complaints so far.
    pub(crate) fn forget(&self) {
        self.pipe.forget(&self.session);
    }

    /// Fails if the page complained of anything or did not get something that it asked for.
    pub(crate) fn assert_quiet(&self) {
        assert_eq!(self.console(), [""; 0], "errors in the console");
        assert_eq!(self.violations(), [""; 0], "forbidden by the policy");
        let failed: Vec<_> = self.exchanges().into_iter().filter(Exchange::failed).collect();
        assert!(failed.is_empty(), "requests that failed: {failed:#?}");
    }

    /// Fails if the page complained of anything but answers with one of these statuses.
    pub(crate) fn assert_quiet_but(&self, expected: &[u16]) {
        assert_eq!(self.violations(), [""; 0], "forbidden by the policy");
        let failed = self.exchanges().into_iter().filter(Exchange::failed);
        let failed: Vec<_> = failed.filter(|one| !expected.contains(&one.status)).collect();
        assert!(failed.is_empty(), "requests that failed: {failed:#?}");
    }

    /// Closes the tab.
    pub(crate) async fn close(self) {
        let closed = self
            .pipe
            .call(None, "Target.closeTarget", json!({"targetId": self.target}));
        closed.await.expect("a tab that was open");
    }

    /// What the browser would have dragged, drag by drag.
    pub(super) fn drags(&self) -> Vec<Value> {
        let mut events = self.pipe.events(&self.session);
        events.retain(|event| event.method == "Input.dragIntercepted");
        events
            .iter_mut()
            .map(|event| event.params["data"].take())
            .collect()
    }

    /// The nodes of the page's accessibility tree.
    pub(super) async fn tree(&self) -> Vec<Value> {
        let tree = self.try_call("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree.map(|mut tree| tree["nodes"].take()).unwrap_or_default();
        let nodes = nodes.as_array().cloned().unwrap_or_default();
        nodes.into_iter().filter(|node| node["ignored"] != true).collect()
    }

    /// What a person would see, for a test that waited in vain.
    pub(super) async fn situation(&self) -> String {
        let mut lines = String::new();
        for node in self.tree().await {
            let (role, name) = (&node["role"]["value"], &node["name"]["value"]);
            if role != "InlineTextBox" && name.as_str().is_some_and(|name| !name.is_empty()) {
                // Writing to a string does not fail.
                let _ = writeln!(lines, "  {} {name}", role.as_str().unwrap_or_default());
            }
        }
        format!(
            "the page has:\n{lines}console: {:?}\nforbidden: {:?}",
            self.console(),
            self.violations()
        )
    }

    pub(super) async fn call(&self, method: &str, params: Value) -> Value {
        let answer = self.try_call(method, params).await;
        answer.unwrap_or_else(|error| panic!("{error}"))
    }

    pub(super) async fn try_call(&self, method: &str, params: Value) -> Answer {
        self.pipe.call(Some(&self.session), method, params).await
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a length on a page, which is small and never below zero"
)]
fn pixels(length: f64) -> u32 {
    length.ceil() as u32
}
