//! A home with very much in it: how soon its pages are there, what they weigh, and what a busy feed costs a tab.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hermes_core::{Clock as _, SystemClock};
use hermes_sim::SimOptions;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tokio::process::Command;

use super::board::Board;
use super::browser::{Browser, Page};
use super::screens::{LOADED, signed_in};
use crate::harness::{Lab, request};
use crate::sdk::tool;

/// Bytes of a page with everything that it needs, as they come over the wire.
const HEAVIEST: u64 = 150_000;

/// Requests in a second of a busy feed.
const BUSY: u32 = 200;

/// Bytes of script memory that a busy feed may leave behind, however long it ran.
const MOST_GROWTH: u64 = 500_000;

/// Stops the feed of the page, or lets it go on.
const PAUSE: &str = "document.getElementById('feed-pause').click()";

/// Counts from now on the requests that the stream of events brings.
const COUNT: &str = "(() => {
    window.told_ = 0;
    const parse = JSON.parse;
    JSON.parse = text => { const value = parse(text); if (value?.total_ms !== undefined) window.told_ += 1; return value; };
})()";

/// How much there is, for how long it is busy, and how soon a page has to be there.
struct Size {
    logins: u32,
    requests: u32,
    seconds: u32,
    soon_ms: f64,
    /// Of so many frames one may be late.
    frames_for_a_late_one: u64,
    /// Whether nothing else is asked of the machine meanwhile.
    is_long: bool,
}

impl Size {
    /// The short form of the test command; `cargo xtask load` asks for the long one with `LOGINS REQUESTS SECONDS`.
    fn asked() -> Self {
        #[expect(clippy::disallowed_methods, reason = "how much the person wants this to be")]
        let asked = std::env::var("HERMES_TEST_LOAD").unwrap_or_default();
        let numbers: Vec<u32> = asked.split(' ').filter_map(|word| word.parse().ok()).collect();
        match numbers[..] {
            [logins, requests, seconds] => Self {
                logins,
                requests,
                seconds,
                soon_ms: 200.0,
                frames_for_a_late_one: 100,
                is_long: true,
            },
            // A program without optimisation on a machine that other tests have too.
            _ => Self {
                logins: 10_000,
                requests: 20_000,
                seconds: 5,
                soon_ms: 3000.0,
                frames_for_a_late_one: 4,
                is_long: false,
            },
        }
    }
}

/// A home with so many logins and so many requests. A copied secret cannot be opened, so all logins but a few need a person, which is
/// the longest that lists of what is wrong can be.
pub(super) async fn crowded(logins: u32, requests: u32) -> Lab {
    let mut lab = Lab::with(SimOptions::default(), "+0s").await;
    // The program warns of every secret that it cannot open.
    lab.set("HERMES_LOG", "error");
    let now = SystemClock::new().now().as_millis();
    // Where it is the last hour of the day, and a day's use is the most it can be.
    lab.set("TZ", &format!("<late>-{}", 23 - now / 3_600_000 % 24));
    for number in 0..9 {
        let provider = ["anthropic", "openrouter", "openai-api"][number % 3];
        let key = lab.sim.script().issue_key();
        let args = [
            "auth",
            "add",
            provider,
            "--method",
            "key",
            "--api-key-stdin",
            "--no-verify",
        ];
        let done = lab.run_with_input(&args, &key).await;
        assert_eq!(done.code, 0, "{done:?}");
    }
    let done = lab.run(&["auth", "disable", "anthropic:anthropic-3"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    // The log is there once there was a request.
    let board = Board::start(&lab).await;
    ask(&board.up.base, &board.up.key).await;
    assert_eq!(board.up.end().await.code, 0);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/crowd.py");
    let output = Command::new(tool("HERMES_TEST_PYTHON"))
        .arg(script)
        .arg(lab.home())
        .args([logins, requests].map(|number| number.to_string()))
        .arg(now.to_string())
        .env_clear()
        .output()
        .await
        .expect("python starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    lab
}

/// Sends a small request; gives its status.
async fn ask(base: &str, key: &str) -> u16 {
    let body = json!({
        "model": "anthropic/claude-haiku-4-5-20251001", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}],
    });
    let (text, headers) = (body.to_string(), [("x-api-key", key)]);
    let (status, ..) = request(base, "POST", "/v1/messages", &headers, &text).await;
    status
}

/// Notes when the frame with the page's own part had been painted: the one after which the next frame begins.
const NOTE: &str = "new MutationObserver((_, watch) => {
    if (!document.getElementById('page')) return;
    watch.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(now => { window.painted_ = now; }));
}).observe(document, {childList: true, subtree: true})";

/// When the shell had come, when its first part was painted, and when all of the page was, in milliseconds since it was asked for.
const PAINTS: &str = "({
    shell: performance.getEntriesByType('navigation')[0].responseEnd,
    first: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    content: window.painted_,
})";

#[tokio::test]
async fn pages_of_a_crowded_home_come_soon_and_weigh_little() {
    let size = Size::asked();
    let lab = crowded(size.logins, size.requests).await;
    let board = Board::start(&lab).await;
    let browser = Browser::start().await;
    let page = signed_in(&browser, &board).await;
    page.viewport(1280, 800).await;
    page.at_the_beginning(NOTE).await;
    let listed = lab.json(&["auth", "list", "--json"]).await;
    assert_eq!(
        listed["credentials"].as_array().map(Vec::len),
        usize::try_from(size.logins).ok()
    );
    let mut figures = Vec::new();
    for path in [
        "/",
        "/pool/anthropic",
        "/pool/anthropic?offset=3000",
        "/providers",
        "/requests",
        "/usage?range=30d",
        "/keys",
        "/settings",
    ] {
        figures.push(measure(&page, &board, path).await);
    }
    let table: Vec<_> = figures.iter().map(ToString::to_string).collect();
    println!(
        "{} logins, {} requests\n{}",
        size.logins,
        size.requests,
        table.join("\n")
    );
    for figure in &figures {
        let after = figure["content"].as_f64().expect("a time") - figure["shell"].as_f64().expect("a time");
        assert!(after < size.soon_ms, "{after} ms after the shell: {figure}");
        assert!(figure["first"].as_f64() < Some(size.soon_ms), "{figure}");
        assert!(figure["bytes"].as_u64() <= Some(HEAVIEST), "{figure}");
    }
    page.assert_quiet();
}

/// Opens a page as one who was never there, and tells what it cost.
async fn measure(page: &Page, board: &Board, path: &str) -> Value {
    page.forget_files().await;
    page.forget();
    page.open(&format!("{}{path}", board.up.base)).await;
    page.wait_for(LOADED).await;
    page.wait_for("window.painted_").await;
    let mut figure = page.evaluate(PAINTS).await;
    let exchanges = page
        .exchanges()
        .into_iter()
        .filter(|one| !one.url.ends_with("/api/events"));
    figure["bytes"] = json!(exchanges.map(|one| one.bytes).sum::<u64>());
    figure["elements"] = page.evaluate("document.querySelectorAll('*').length").await;
    figure["path"] = json!(path);
    figure
}

/// Notes of each frame from now on how long after the one before it began, how long the page's own thread then worked at it until it was
/// handed on to be painted, and whatever kept that thread for longer than 50 ms.
const WATCH: &str = "(() => {
    window.frames_ = [];
    window.long_ = [];
    window.observer_ = new PerformanceObserver(list => { for (const one of list.getEntries()) window.long_?.push(one); });
    window.observer_.observe({type: 'longtask'});
    const after = new MessageChannel();
    let last = performance.now();
    let begun = last;
    after.port1.onmessage = () => { const frame = window.frames_?.at(-1); if (frame) frame[2] = performance.now() - begun; };
    const note = now => {
        if (!window.frames_) return;
        begun = performance.now();
        window.frames_.push([now, now - last, 0]);
        last = now;
        after.port2.postMessage(0);
        requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
})()";

/// How many frames there were; how many came so late that one was left out, and of those how many since the page's own thread was busy;
/// and the longest times of each kind.
const SEEN: &str = "(() => {
    const all = window.frames_.slice(2);
    const late = all.map((frame, place) => [frame, all[place - 1]]).filter(([[, gap]]) => gap > 34);
    const isOwn = ([[now, gap], before]) => (before?.[2] ?? 0) > 17
        || window.long_.some(one => one.startTime < now && one.startTime + one.duration > now - gap);
    window.observer_.disconnect();
    const tidy = number => Math.round(number * 10) / 10;
    return {
        frames: all.length, late: late.length, own: late.filter(isOwn).length, longest: tidy(Math.max(...all.map(frame => frame[1]))),
        longest_work: tidy(Math.max(...all.map(frame => frame[2]))), work: tidy(all.reduce((sum, frame) => sum + frame[2], 0)),
        long_tasks: window.long_.length,
    };
})()";

/// Frames of a page, as [`SEEN`] tells them.
struct Frames {
    all: u64,
    late: u64,
    own: u64,
    told: Value,
}

impl Frames {
    /// Of what happens on a page meanwhile.
    async fn of(page: &Page, meanwhile: impl Future<Output = u32>) -> (Self, u32) {
        page.evaluate(WATCH).await;
        let sent = meanwhile.await;
        let told = page.evaluate(SEEN).await;
        page.evaluate("window.frames_ = window.long_ = window.observer_ = null")
            .await;
        let count = |name: &str| told[name].as_u64().expect("a count");
        let frames = Self {
            all: count("frames"),
            late: count("late"),
            own: count("own"),
            told: told.clone(),
        };
        (frames, sent)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn busy_feed_drops_no_frames_and_keeps_no_memory() {
    let size = Size::asked();
    let lab = Lab::with(SimOptions::default(), "+0s").await;
    let key = lab.sim.script().issue_key();
    assert_eq!(lab.add_key("anthropic", &key).await.code, 0);
    let board = Arc::new(Board::start(&lab).await);
    let browser = Browser::start().await;
    let page = signed_in(&browser, &board).await;
    page.viewport(1280, 800).await;
    page.open(&format!("{}/requests", board.up.base)).await;
    page.wait_for(LOADED).await;
    page.unwatched().await;
    // The list is as long as it gets, and every path of the script was walked.
    busy(&board, 2).await;
    // What the machine alone costs: as many requests, while the page shows none of them.
    page.evaluate(PAUSE).await;
    let (still, _) = Frames::of(&page, busy(&board, size.seconds.clamp(3, 20))).await;
    page.evaluate(PAUSE).await;
    busy(&board, 1).await;
    SystemClock::new().sleep(Duration::from_secs(1)).await;
    page.evaluate(COUNT).await;
    let before = page.heap().await;
    let (seen, sent) = Frames::of(&page, busy(&board, size.seconds)).await;
    page.wait_for(&format!("window.told_ >= {sent}")).await;
    let told = page.evaluate("window.told_").await;
    let after = page.heap().await;
    println!(
        "{sent} requests in {} s, {told} on the page: {}, with the feed paused: {}, heap {before} B before, {after} B after",
        size.seconds, seen.told, still.told
    );
    assert_eq!(sent, size.seconds * BUSY);
    assert_eq!(told, json!(sent));
    assert!(seen.all > u64::from(size.seconds) * 30, "{}", seen.told);
    assert!(seen.own * size.frames_for_a_late_one < seen.all, "{}", seen.told);
    if size.is_long {
        let machine = still.late * seen.all / still.all;
        assert!(
            (seen.late.saturating_sub(machine)) * size.frames_for_a_late_one < seen.all,
            "{}",
            seen.told
        );
    }
    assert!(after < before + MOST_GROWTH, "{before} B before, {after} B after");
    let rows = page
        .evaluate("document.querySelector('[data-feed]').childElementCount")
        .await;
    assert_eq!(rows, json!(100));
    page.assert_quiet();
}

/// Sends requests at an even pace for so long; gives how many ended well.
async fn busy(board: &Arc<Board>, seconds: u32) -> u32 {
    let clock = SystemClock::new();
    let begun = clock.monotonic();
    let mut asking = tokio::task::JoinSet::new();
    for number in 0..seconds * BUSY {
        let due = begun + Duration::from_secs(1) * number / BUSY;
        clock.sleep(due.saturating_sub(clock.monotonic())).await;
        let board = Arc::clone(board);
        asking.spawn(async move { ask(&board.up.base, &board.up.key).await });
    }
    let mut good = 0;
    while let Some(status) = asking.join_next().await {
        good += u32::from(status.expect("it ends") == 200);
    }
    good
}
