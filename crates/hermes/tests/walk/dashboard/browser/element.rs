//! Things on a page by role and name, as a screen reader knows them.

use serde_json::{Value, json};

use super::page::Page;
use super::until;

/// Gives the middle of an element if a press there would reach it, and `null` while it is disabled, moves or lies under something.
const MIDDLE: &str = "function () {
    if (this.matches(':disabled, [aria-disabled=true]')) return null;
    this.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
    const place = () => { const box = this.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; };
    const [x, y] = place();
    return new Promise(done => requestAnimationFrame(() => {
        const [nextX, nextY] = place();
        const top = document.elementFromPoint(x, y);
        const labels = Array.from(this.labels ?? []);
        const reached = top && (this.contains(top) || top.contains(this) || labels.some(label => label.contains(top)));
        done(reached && x === nextX && y === nextY ? {x, y} : null);
    }));
}";

/// Whether the browser drags this, not the page.
const DRAGGABLE: &str = "function () { return this.closest('[draggable=true]') !== null; }";

/// What can be read in an element, or what was typed into it.
const READ: &str = "function () { return this.value ?? this.innerText ?? this.textContent; }";

/// A part of a page; it is looked up anew at every use, since a page may draw it again.
///
/// A name is the whole accessible name, or its beginning with a `*` behind.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'page> {
    page: &'page Page,
    steps: Vec<(String, String)>,
}

impl<'page> Scope<'page> {
    pub(super) fn of(page: &'page Page) -> Self {
        Self {
            page,
            steps: Vec::new(),
        }
    }

    /// The part of this part with this role and name.
    pub(crate) fn within(&self, role: &str, name: &str) -> Self {
        let mut steps = self.steps.clone();
        steps.push((role.to_owned(), name.to_owned()));
        Self {
            page: self.page,
            steps,
        }
    }

    /// How many there are now.
    pub(crate) async fn count(&self, role: &str, name: &str) -> usize {
        self.within(role, name).all().await.map_or(0, |found| found.len())
    }

    /// Waits until there is exactly one.
    pub(crate) async fn see(&self, role: &str, name: &str) {
        self.within(role, name).one().await;
    }

    /// Waits until there is none.
    pub(crate) async fn miss(&self, role: &str, name: &str) {
        let gone = until(async || (self.count(role, name).await == 0).then_some(()));
        assert!(
            gone.await.is_some(),
            "{role} {name:?} stays\n{}",
            self.page.situation().await
        );
    }

    /// Presses the one with this role and name in its middle, once it is enabled, stands still and nothing lies over it.
    pub(crate) async fn click(&self, role: &str, name: &str) {
        let (x, y) = self.within(role, name).middle().await;
        self.pointer("mouseMoved", x, y, 0).await;
        self.pointer("mousePressed", x, y, 1).await;
        self.pointer("mouseReleased", x, y, 0).await;
    }

    /// Opens a link in a tab of its own, as the wheel of a mouse does.
    pub(crate) async fn click_with_wheel(&self, role: &str, name: &str) {
        let (x, y) = self.within(role, name).middle().await;
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": x, "y": y, "button": "middle", "clickCount": 1});
            self.page.call("Input.dispatchMouseEvent", event).await;
        }
    }

    /// Drags one onto the middle of another, be it that the page follows the pointer or that it uses the browser's own dragging.
    pub(crate) async fn drag(&self, from: (&str, &str), to: (&str, &str)) {
        let source = self.within(from.0, from.1);
        let (to_x, to_y) = self.within(to.0, to.1).middle().await;
        let (x, y) = source.middle().await;
        let native = source.apply(DRAGGABLE).await == Some(json!(true));
        // Without a screen the browser has no dragging of its own; then it tells us what is dragged, and we say where it goes.
        self.intercept(native).await;
        let before = self.page.drags().len();
        self.pointer("mouseMoved", x, y, 0).await;
        self.pointer("mousePressed", x, y, 1).await;
        for part in [0.1, 0.5, 0.9, 1.0] {
            self.pointer("mouseMoved", x + (to_x - x) * part, y + (to_y - y) * part, 1)
                .await;
        }
        if native {
            self.carry(before, to_x, to_y).await;
        }
        self.pointer("mouseReleased", to_x, to_y, 0).await;
        self.intercept(false).await;
    }

    async fn intercept(&self, enabled: bool) {
        self.page
            .call("Input.setInterceptDrags", json!({"enabled": enabled}))
            .await;
    }

    /// Brings what is being dragged to a place and lets it fall.
    async fn carry(&self, before: usize, x: f64, y: f64) {
        let dragged = until(async || self.page.drags().into_iter().nth(before)).await;
        let dragged = dragged.expect("a drag that the page allows");
        for kind in ["dragEnter", "dragOver", "drop"] {
            let event = json!({"type": kind, "x": x, "y": y, "data": dragged});
            self.page.call("Input.dispatchDragEvent", event).await;
        }
    }

    /// Writes this into a field in place of what was there.
    pub(crate) async fn fill(&self, role: &str, name: &str, text: &str) {
        self.click(role, name).await;
        self.page.press(&["Control+a", "Delete"]).await;
        self.page.call("Input.insertText", json!({"text": text})).await;
    }

    /// What can be read in the one with this role and name, or what stands in the field.
    pub(crate) async fn text(&self, role: &str, name: &str) -> String {
        let place = self.within(role, name);
        let text = until(async || place.apply(READ).await);
        let text = match text.await {
            Some(text) => text,
            None => place.fail().await,
        };
        text.as_str().unwrap_or_default().to_owned()
    }

    async fn middle(&self) -> (f64, f64) {
        let seen = until(async || {
            let middle = self.apply(MIDDLE).await?;
            Some((middle["x"].as_f64()?, middle["y"].as_f64()?))
        });
        match seen.await {
            Some(middle) => middle,
            None => self.fail().await,
        }
    }

    /// Waits for the one element.
    async fn one(&self) -> i64 {
        let seen = until(async || match self.all().await?.as_slice() {
            [one] => Some(*one),
            _ => None,
        });
        match seen.await {
            Some(one) => one,
            None => self.fail().await,
        }
    }

    async fn fail<T>(&self) -> T {
        let found = self.all().await.map_or(0, |found| found.len());
        panic!(
            "{:?}: there are {found}, and one that can be used was wanted\n{}",
            self.steps,
            self.page.situation().await
        );
    }

    /// Calls a function on the element, if there is exactly one.
    async fn apply(&self, function: &str) -> Option<Value> {
        let [node] = self.all().await?[..] else {
            return None;
        };
        let object = self
            .page
            .try_call("DOM.resolveNode", json!({"backendNodeId": node}))
            .await;
        let object = object.ok()?["object"]["objectId"].as_str()?.to_owned();
        let params = json!({
            "functionDeclaration": function, "objectId": object, "returnByValue": true, "awaitPromise": true,
        });
        let mut answer = self.page.try_call("Runtime.callFunctionOn", params).await.ok()?;
        let value = answer["result"]["value"].take();
        (!value.is_null()).then_some(value)
    }

    /// The elements at the end of the steps; nothing when the page changed under our eyes or a step is missing or not unique.
    async fn all(&self) -> Option<Vec<i64>> {
        let mut root = json!({"nodeId": 0});
        let document = self
            .page
            .try_call("DOM.getDocument", json!({"depth": 0}))
            .await
            .ok()?;
        root["nodeId"] = document["root"]["nodeId"].clone();
        let mut found = Vec::new();
        for (place, (role, name)) in self.steps.iter().enumerate() {
            if place > 0 {
                let [one] = found[..] else {
                    return None;
                };
                root = json!({"backendNodeId": one});
            }
            found = self.query(&root, role, name).await?;
        }
        Some(found)
    }

    async fn query(&self, root: &Value, role: &str, name: &str) -> Option<Vec<i64>> {
        let mut params = root.clone();
        params["role"] = json!(role);
        let answer = self
            .page
            .try_call("Accessibility.queryAXTree", params)
            .await
            .ok()?;
        let matches = |node: &&Value| {
            let said = node["name"]["value"].as_str().unwrap_or_default();
            let right = match name.strip_suffix('*') {
                Some(beginning) => said.starts_with(beginning),
                None => said == name,
            };
            right && node["ignored"] != true
        };
        let nodes = answer["nodes"].as_array()?.iter().filter(matches);
        Some(
            nodes
                .filter_map(|node| node["backendDOMNodeId"].as_i64())
                .collect(),
        )
    }

    async fn pointer(&self, kind: &str, x: f64, y: f64, held: u8) {
        let button = if kind == "mouseMoved" && held == 0 {
            "none"
        } else {
            "left"
        };
        let event = json!({"type": kind, "x": x, "y": y, "button": button, "buttons": held, "clickCount": 1});
        self.page.call("Input.dispatchMouseEvent", event).await;
    }
}
