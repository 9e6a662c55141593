//! That the browser sees, does and reports what a person's would.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::super::server::{Reply, Server};
use super::Browser;

/// A page with one of everything that the dashboard's tests use.
const PAGE: &str = "
<h1>Pool</h1><p id=said></p>
<button id=late disabled>Refresh</button>
<label>Name <input id=name></label>
<table><tr><th>Account<th>Action</tr><tr aria-label='work'><td>work</td><td><button onclick=\"say('work off')\">Disable</button></td></tr>
<tr aria-label='home'><td>home</td><td><button onclick=\"say('home off')\">Disable</button></td></tr></table>
<ul role=listbox aria-label=Order><li id=a role=option aria-label=first draggable=true>first</li><li id=b role=option aria-label=second>second</li></ul>
<a href='/other?signed' target=_blank rel=noopener>Sign in there</a>
<div style='height: 3000px'></div><button onclick=\"say('far')\">Far below</button>
<script src=/page.js></script>";

const SCRIPT: &str = "
const say = text => { document.getElementById('said').textContent = text };
const late = document.getElementById('late');
late.onclick = () => say('refreshed');
requestAnimationFrame(() => { late.disabled = false });
let dragged;
document.getElementById('a').ondragstart = () => { dragged = true };
document.getElementById('b').ondragover = event => event.preventDefault();
document.getElementById('b').ondrop = () => say('dropped ' + dragged);
document.onkeydown = event => { if (event.ctrlKey && event.key === 'k') say('searched') };
";

async fn server() -> Server {
    Server::start(|asked| match asked.target.as_str() {
        "/" => Reply::html(PAGE),
        "/page.js" => Reply::new(200, "text/javascript", SCRIPT),
        "/strict" => Reply::html("<p>strict</p><script>window.ran = true</script><img src=/missing.png>")
            .with(
                "content-security-policy",
                "default-src 'none'; img-src 'self'; require-trusted-types-for 'script'",
            )
            .with("set-cookie", "flavour=sweet"),
        "/other?signed" => Reply::html("<p>other</p>"),
        _ => Reply::new(404, "text/plain", "not here"),
    })
    .await
}

#[tokio::test]
async fn elements_are_used_by_role_and_name_as_a_person_uses_them() {
    let server = server().await;
    let browser = Browser::start().await;
    let page = browser.page().await;
    assert_eq!(page.open(&server.base()).await, 200);
    page.click("button", "Refresh").await;
    page.wait_for_text("refreshed").await;
    page.within("row", "home").click("button", "Dis*").await;
    page.wait_for_text("home off").await;
    page.click("button", "Far below").await;
    page.wait_for_text("far").await;
    page.whole().drag(("option", "first"), ("option", "second")).await;
    page.wait_for_text("dropped true").await;
    page.fill("textbox", "Name", "工作 \u{1f511}").await;
    assert_eq!(page.whole().text("textbox", "Name").await, "工作 \u{1f511}");
    page.fill("textbox", "Name", "short").await;
    page.write(" Word 1").await;
    assert_eq!(page.whole().text("textbox", "Name").await, "short Word 1");
    assert_eq!(page.whole().count("button", "Disable").await, 2);
    page.whole().see("heading", "Pool").await;
    page.evaluate("document.querySelector('h1').remove()").await;
    page.whole().miss("heading", "Pool").await;
    assert!(page.text().await.contains("dropped true"));
    page.assert_quiet();
}

#[tokio::test]
async fn keys_move_the_focus_and_press_what_has_it() {
    let server = server().await;
    let browser = Browser::start().await;
    let page = browser.page().await;
    page.open(&server.base()).await;
    page.wait_for("!document.getElementById('late').disabled").await;
    let focus = async |role: &str, name: &str| {
        assert_eq!(page.focus().await, (role.to_owned(), name.to_owned()));
    };
    page.press(&["Tab"]).await;
    focus("button", "Refresh").await;
    page.press(&["Enter"]).await;
    page.wait_for_text("refreshed").await;
    page.press(&["Tab", "Tab"]).await;
    focus("button", "Disable").await;
    page.press(&[" "]).await;
    page.wait_for_text("work off").await;
    page.press(&["Shift+Tab"]).await;
    focus("textbox", "Name").await;
    page.press(&["Control+k"]).await;
    page.wait_for_text("searched").await;
}

#[tokio::test]
async fn tabs_share_a_profile_and_can_be_told_apart() {
    let server = server().await;
    let browser = Browser::start().await;
    let first = browser.page().await;
    let second = browser.page().await;
    first.open(&server.base()).await;
    second.open(&format!("{}/strict", server.base())).await;
    first.evaluate("sessionStorage.setItem('token', 'first')").await;
    assert_eq!(
        second.evaluate("sessionStorage.getItem('token')").await,
        json!(null)
    );
    assert_eq!(browser.cookies().await[0]["name"], "flavour");
    first.click("link", "Sign in there").await;
    let third = browser.opened("/other").await;
    third.wait_for_text("other").await;
    third.close().await;
    first.reload().await;
    assert_eq!(
        first.evaluate("sessionStorage.getItem('token')").await,
        json!("first")
    );
    assert_eq!(first.open(&format!("{}/#c=code", server.base())).await, 0);
    assert!(first.url().await.ends_with("/#c=code"));
}

#[tokio::test]
async fn complaints_of_a_page_are_collected() {
    let server = server().await;
    let browser = Browser::start().await;
    let page = browser.page().await;
    page.open(&format!("{}/strict", server.base())).await;
    page.evaluate("console.error('alas'); setTimeout(() => { throw new Error('thrown') })")
        .await;
    page.evaluate("try { document.body.innerHTML = '<b>x</b>' } catch {}")
        .await;
    page.wait_for("true").await;
    let violations = page.violations();
    assert!(
        violations
            .iter()
            .any(|one| one.starts_with("default-src") || one.starts_with("script-src")),
        "{violations:?}"
    );
    assert!(
        violations.iter().any(|one| one.contains("TrustedTypes")),
        "{violations:?}"
    );
    let console = page.console().join("\n");
    assert!(
        console.contains("alas") && console.contains("Error: thrown"),
        "{console}"
    );
    assert_eq!(page.evaluate("window.ran").await, json!(null));
    let exchanges = page.exchanges();
    let document = &exchanges[0];
    assert_eq!(
        (document.method.as_str(), document.status, document.kind.as_str()),
        ("GET", 200, "Document")
    );
    assert!(document.bytes > 100, "{document:?}");
    assert!(
        document
            .sent
            .iter()
            .any(|(name, value)| name == "sec-fetch-site" && value == "none"),
        "{document:?}"
    );
    assert!(
        document
            .received
            .iter()
            .any(|(name, _)| name == "content-security-policy")
    );
    assert!(
        exchanges
            .iter()
            .any(|one| one.url.ends_with("/missing.png") && one.status == 404)
    );
    page.forget();
    page.assert_quiet();
}

#[tokio::test]
async fn window_taste_and_language_are_those_of_the_person() {
    let server = server().await;
    let browser = Browser::start().await;
    let page = browser.page().await;
    page.viewport(390, 844).await;
    page.prefer(true, true).await;
    page.speak("zh-CN").await;
    page.open(&server.base()).await;
    let told = page
        .evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches, matchMedia('(prefers-reduced-motion: reduce)').matches, navigator.language]")
        .await;
    assert_eq!(told, json!([390, true, true, "zh-CN"]));
    assert_eq!(
        server.seen()[0].header("accept-language"),
        Some("zh-CN"),
        "{:?}",
        server.seen()[0]
    );
    let file = browser.profile.path().join("page.png");
    page.screenshot(&file).await;
    let picture = fs_err::read(&file).expect("a picture");
    let side = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().expect("four bytes"));
    assert_eq!(side(16), 390);
    assert!(side(20) > 3000, "the part below the window is missing");
    assert_eq!(page.evaluate("innerHeight").await, json!(844));
    assert!(page.heap().await > 1000);
    page.scripts(false).await;
    page.open(&server.base()).await;
    page.whole().see("heading", "Pool").await;
    assert_eq!(server.seen().len(), 3, "{:?}", server.seen());
}

#[tokio::test]
async fn only_this_machine_is_reached() {
    let server = server().await;
    let browser = Browser::resolving(&["evil.test"]).await;
    let page = browser.page().await;
    for host in ["example.com", "192.0.2.1", "provider.invalid"] {
        let reason = page.open_in_vain(&format!("http://{host}/")).await;
        assert_eq!(reason, "net::ERR_NAME_NOT_RESOLVED", "{host}");
    }
    for host in ["evil.test", "localhost"] {
        let url = format!("http://{host}:{}/", server.port);
        assert_eq!(page.open(&url).await, 200, "{host}");
    }
}

#[tokio::test]
async fn nothing_of_a_browser_is_left_behind() {
    let browser = Browser::start().await;
    browser.page().await.open("data:text/html,<p>here").await;
    let profile = browser.profile.path().to_path_buf();
    assert!(users(&profile) > 2);
    drop(browser);
    let gone = super::until(async || (users(&profile) == 0).then_some(()));
    assert!(gone.await.is_some(), "{} processes are left", users(&profile));
    assert!(!profile.exists());
}

#[tokio::test]
async fn browser_ends_with_a_test_that_is_killed() {
    let mut browser = Browser::start().await;
    browser.pipe = std::sync::Arc::new(other_pipe());
    let profile = browser.profile.path().to_path_buf();
    // What the kernel does to the pipe of a dead process; the value that would kill the group is still held.
    let gone = super::until(async || (users(&profile) == 0).then_some(()));
    assert!(gone.await.is_some(), "{} processes are left", users(&profile));
}

/// The pipe of a program that says nothing.
fn other_pipe() -> super::Pipe {
    let mut child = std::process::Command::new("true")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("true starts");
    let pipe = super::Pipe::open(
        child.stdin.take().expect("a pipe"),
        child.stdout.take().expect("a pipe"),
    );
    child.wait().expect("it ends");
    pipe
}

/// How many processes have this profile in their command line.
fn users(profile: &std::path::Path) -> usize {
    let name = profile.to_str().expect("a path").as_bytes();
    let processes = fs_err::read_dir("/proc").expect("processes");
    let lines = processes.filter_map(|entry| fs_err::read(entry.ok()?.path().join("cmdline")).ok());
    lines
        .filter(|line| line.windows(name.len()).any(|part| part == name))
        .count()
}
