//! Pages of other programs on this machine (B2, B4): to a browser they are the same site, which is not enough here.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::board::{Board, TOKEN};
use super::browser::{Browser, Exchange, Page};
use super::server::{Reply, Server};
use crate::harness::{Lab, request};

/// Tries everything that a page can do to another origin, and tells what it could read of it.
const ATTACK: &str = "
window.attack = async (base, routes, key) => {
    const read = [];
    const note = what => text => { read.push(what + ': ' + text) };
    const settled = start => new Promise(done => start(done));
    for (const {method, path} of routes) {
        const url = base + path, what = method + ' ' + path;
        const body = method === 'GET' ? undefined : '{\"model\":\"m\"}';
        const secret = {'content-type': 'application/json', 'x-api-key': key, authorization: 'Bearer ' + key};
        for (const init of [
            {method, body, mode: 'cors'},
            {method, body, mode: 'cors', credentials: 'include'},
            {method, body, mode: 'cors', headers: secret},
        ]) await fetch(url, init).then(answer => answer.text()).then(note(what), () => {});
        for (const init of [
            {mode: 'no-cors', credentials: 'include'},
            {mode: 'no-cors', method: 'POST', body: '{\"model\":\"m\"}', headers: {'content-type': 'text/plain'}},
        ]) await fetch(url, init).then(answer => answer.text()).then(text => text && note(what)(text), () => {});
        await settled(done => {
            const image = new Image();
            image.onload = () => done(note(what)('image'));
            image.onerror = done;
            image.src = url;
        });
        await settled(done => {
            const source = new EventSource(url, {withCredentials: true});
            source.onopen = () => { source.close(); done(note(what)('events')) };
            source.onerror = () => { source.close(); done() };
        });
        await settled(done => {
            const script = document.createElement('script');
            script.onload = () => done(note(what)('script'));
            script.onerror = done;
            script.src = url;
            document.body.append(script);
        });
    }
    // A browser makes sockets wait that fail one after another, so they are tried at once.
    await Promise.all(routes.map(({method, path}) => settled(done => {
        const socket = new WebSocket((base + path).replace('http', 'ws'));
        socket.onopen = () => { socket.close(); done(note(method + ' ' + path)('socket')) };
        socket.onerror = done;
    })));
    return read;
};
window.post = (url, type) => {
    const form = document.createElement('form');
    form.method = 'POST';
    form.enctype = type;
    form.action = url;
    const field = document.createElement('input');
    field.name = '{\"model\":\"m\", \"x\":\"';
    field.value = '\"}';
    form.append(field);
    document.body.append(form);
    form.submit();
};";

async fn neighbour() -> Server {
    Server::start(|asked| match asked.target.as_str() {
        "/attack.js" => Reply::new(200, "text/javascript", ATTACK),
        _ => Reply::html("<body><script src=/attack.js></script>"),
    })
    .await
}

/// The requests that went to this origin, web sockets too, but for the icon of a page of its own.
fn sent_to(page: &Page, base: &str) -> Vec<Exchange> {
    let host = base.trim_start_matches("http://");
    let mut exchanges = page.exchanges();
    exchanges.retain(|one| {
        !one.url.ends_with("/favicon.ico")
            && one
                .url
                .split("://")
                .nth(1)
                .is_some_and(|rest| rest.starts_with(host))
    });
    exchanges
}

/// How many upstream calls there were and how many requests ended well, as the program counts them.
async fn counts(board: &Board) -> Vec<String> {
    let key = ("x-api-key", board.up.key.as_str());
    let (status, body, _) = request(&board.up.base, "GET", "/metrics", &[key], "").await;
    assert_eq!(status, 200, "{body}");
    let counted = body
        .lines()
        .filter(|line| line.starts_with("hermes_upstream_calls_total") || line.contains("class=\"2xx\""));
    counted.map(str::to_owned).collect()
}

#[tokio::test]
async fn b2_pages_on_other_ports_can_neither_read_nor_do_anything() {
    let lab = Lab::new().await;
    lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    let board = Board::start(&lab).await;
    let neighbour = neighbour().await;
    let browser = Browser::start().await;
    let routes = board.routes().await;
    let list: Vec<Value> = routes
        .iter()
        .map(|route| json!({"method": route.method, "path": route.path}))
        .collect();
    let before = (counts(&board).await, lab.sim.journal().entries().len());
    let keys = lab.json(&["key", "list", "--json"]).await;
    // By number the page is of the same site as Hermes, by name of another.
    for host in ["127.0.0.1", "localhost"] {
        let page = browser.page().await;
        page.open(&format!("http://{host}:{}/", neighbour.port)).await;
        page.wait_for("window.attack").await;
        let script = format!(
            "attack({}, {}, {})",
            json!(board.up.base),
            json!(list),
            json!(board.up.key)
        );
        assert_eq!(page.evaluate(&script).await, json!([]), "from {host}");
        assert_refused(&page, &board, routes.len() * 6);
        page.close().await;
    }
    assert_eq!((counts(&board).await, lab.sim.journal().entries().len()), before);
    assert_eq!(unused(lab.json(&["key", "list", "--json"]).await), unused(keys));
}

#[tokio::test]
async fn b2_forms_of_pages_on_other_ports_are_refused() {
    let lab = Lab::new().await;
    let board = Board::start(&lab).await;
    let neighbour = neighbour().await;
    let browser = Browser::start().await;
    let page = browser.page().await;
    for route in board.routes().await {
        if route.method != "POST" {
            continue;
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded"] {
            page.open(&neighbour.base()).await;
            page.wait_for("window.post").await;
            page.forget();
            let url = format!("{}{}", board.up.base, route.path);
            page.evaluate(&format!("post({}, {})", json!(url), json!(kind)))
                .await;
            page.wait_for(&format!(
                "location.href === {} && document.readyState === 'complete'",
                json!(url)
            ))
            .await;
            assert_refused(&page, &board, 1);
        }
    }
}

/// Fails if anything but refusals came from Hermes, or fewer than were to be expected.
/// Keys without the moment of their last use, which this test's own calls move.
fn unused(mut list: Value) -> Value {
    for key in list["keys"].as_array_mut().into_iter().flatten() {
        key["last_used"] = json!(null);
        key["last_used_at"] = json!(null);
    }
    list["keys"].take()
}

fn assert_refused(page: &Page, board: &Board, at_least: usize) {
    let sent = sent_to(page, &board.up.base);
    let mut refused = 0;
    for one in &sent {
        // A browser that was refused the question whether it may send does not send.
        assert!([0, 403].contains(&one.status), "{one:#?}");
        let telling = one
            .received
            .iter()
            .find(|(name, _)| name.starts_with("access-control-"));
        assert_eq!(telling, None, "{one:#?}");
        refused += usize::from(one.status == 403);
    }
    assert!(
        refused >= at_least,
        "{refused} of {} were refused, {at_least} expected",
        sent.len()
    );
}

#[tokio::test]
async fn b4_servers_on_other_ports_see_no_credential() {
    let lab = Lab::new().await;
    let board = Board::start(&lab).await;
    let neighbour = neighbour().await;
    let browser = Browser::start().await;
    let page = browser.page().await;
    page.open(&board.link).await;
    page.wait_for("document.readyState === 'complete'").await;
    // From our page to the other one, as by a link.
    page.evaluate(&format!("location.href = {}", json!(neighbour.base())))
        .await;
    page.wait_for("window.attack").await;
    page.evaluate("fetch('/self', {credentials: 'include'}).then(() => true)")
        .await;
    let other = browser.page().await;
    other.open(&format!("http://localhost:{}/", neighbour.port)).await;
    let code = board.link.split_once("#c=").map(|(_, code)| code);
    let seen = neighbour.seen();
    assert!(seen.len() >= 4, "{seen:?}");
    for asked in &seen {
        for name in ["cookie", "authorization", "x-api-key", TOKEN] {
            assert_eq!(asked.header(name), None, "{asked:?}");
        }
        let told = format!("{asked:?}");
        for secret in [Some(board.up.key.as_str()), code].into_iter().flatten() {
            assert!(!told.contains(secret), "{told}");
        }
    }
    assert_eq!(browser.cookies().await, [json!(null); 0]);
    for one in page.exchanges() {
        assert!(
            !one.received.iter().any(|(name, _)| name == "set-cookie"),
            "{one:?}"
        );
    }
}
