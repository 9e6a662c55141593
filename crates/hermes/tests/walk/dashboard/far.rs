//! Other machines: TLS, the password, and a cookie that no script reads (B4, B5, B7, B8).

mod apart;
mod house;
mod lan;

use pretty_assertions::assert_eq;
use serde_json::json;

use self::house::{House, PASSWORD, Said};
use super::axe::assert_accessible;
use super::browser::Browser;

const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");
const FLAGS: &str = "Secure; HttpOnly; SameSite=Strict; Path=/";

/// Posts a password; the answer.
async fn enter(house: &House, password: &str, headers: &[(&str, &str)]) -> Said {
    let body = json!({ "password": password }).to_string();
    house.ask("POST", "/api/session", headers, &body).await
}

/// The cookie of an answer that opens a session, as a browser sends it back.
fn cookie_of(said: &Said) -> String {
    let line = said.header("set-cookie").unwrap_or_else(|| panic!("{said:?}"));
    let (cookie, flags) = line.split_once("; ").expect("flags");
    assert_eq!(flags, FLAGS);
    assert!(
        cookie.starts_with("__Host-hermes=") && cookie.len() > 50,
        "{cookie}"
    );
    cookie.to_owned()
}

async fn status_with(house: &House, cookie: &str) -> u16 {
    let headers = [("cookie", cookie), OWN];
    house.ask("GET", "/api/keys", &headers, "").await.status
}

#[tokio::test]
async fn password_opens_a_session_that_only_a_cookie_holds() {
    let house = House::with_tls().await;
    let said = enter(&house, PASSWORD, &[OWN]).await;
    assert_eq!(said.status, 200, "{said:?}");
    assert!(
        said.header("strict-transport-security")
            .is_some_and(|age| age.starts_with("max-age="))
    );
    let cookie = cookie_of(&said);
    let (_, token) = cookie.split_once('=').expect("a token");
    assert!(
        !said.body.contains("token") && !said.body.contains(token),
        "{said:?}"
    );
    assert_eq!(status_with(&house, &cookie).await, 200);
    let origin = format!("https://{}", house.host);
    for (headers, status) in [
        (vec![("cookie", cookie.as_str())], 401),
        (vec![("cookie", &cookie), ("sec-fetch-site", "none")], 401),
        (vec![("cookie", &cookie), ("sec-fetch-site", "same-site")], 403),
        (vec![("cookie", &cookie), ("origin", "https://evil.test")], 403),
        (vec![("cookie", &cookie), ("origin", origin.as_str())], 200),
    ] {
        for (method, path) in [("GET", "/api/keys"), ("POST", "/api/keys")] {
            let said = house.ask(method, path, &headers, "{\"name\": \"one\"}").await;
            let expected = if (method, status) == ("POST", 200) {
                201
            } else {
                status
            };
            assert_eq!(said.status, expected, "{method} {headers:?} {said:?}");
        }
    }
    let said = house
        .ask("DELETE", "/api/session", &[("cookie", &cookie), OWN], "")
        .await;
    assert_eq!(said.status, 200);
    let gone = said.header("set-cookie").expect("a cookie");
    assert_eq!(gone, format!("__Host-hermes=; Max-Age=0; {FLAGS}"));
    assert_eq!(status_with(&house, &cookie).await, 401);
}

#[tokio::test]
async fn wrong_passwords_are_refused_and_slowed_down() {
    let house = House::with_tls().await;
    let said = enter(&house, "not the password", &[]).await;
    assert_eq!(said.status, 401, "{said:?}");
    assert!(
        said.body.contains("password_wrong") && said.header("set-cookie").is_none(),
        "{said:?}"
    );
    assert_eq!(enter(&house, &format!(" {PASSWORD}\n"), &[]).await.status, 200);
    for _ in 1..20 {
        assert_eq!(enter(&house, "", &[]).await.status, 401);
    }
    // Now not even the right one is tried, or guessing would only have to go on.
    let said = enter(
        &house,
        PASSWORD,
        &[
            ("x-forwarded-for", "198.51.100.1"),
            ("forwarded", "for=198.51.100.2"),
        ],
    )
    .await;
    assert_eq!(said.status, 429, "{said:?}");
    assert!(said.header("retry-after").is_some());
    for body in [
        "{}",
        "{\"code\": \"a\", \"password\": \"b\"}",
        "{\"password\": 1}",
    ] {
        let said = house.ask("POST", "/api/session", &[], body).await;
        assert!([400, 422].contains(&said.status), "{said:?}");
    }
}

#[tokio::test]
async fn new_password_ends_every_session_and_removing_it_opens_none() {
    let house = House::with_tls().await;
    let cookie = cookie_of(&enter(&house, PASSWORD, &[OWN]).await);
    assert_eq!(status_with(&house, &cookie).await, 200);
    let done = house
        .lab
        .run_with_input(&["dashboard", "password", "--stdin"], "another long password")
        .await;
    assert!(
        done.code == 0 && done.stderr.contains("ended 1 session"),
        "{done:?}"
    );
    assert_eq!(status_with(&house, &cookie).await, 401);
    assert_eq!(enter(&house, PASSWORD, &[]).await.status, 401);
    let cookie = cookie_of(&enter(&house, "another long password", &[OWN]).await);
    let done = house.lab.run(&["dashboard", "password", "--remove"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(status_with(&house, &cookie).await, 401);
    assert_eq!(enter(&house, "another long password", &[]).await.status, 401);
}

#[tokio::test]
async fn link_of_the_terminal_works_there_too() {
    let house = House::with_tls().await;
    let (base, code) = house.link.split_once("/#c=").expect("a code");
    assert_eq!(base, format!("https://{}", house.host));
    let body = json!({ "code": code }).to_string();
    let cookie = cookie_of(&house.ask("POST", "/api/session", &[OWN], &body).await);
    assert_eq!(status_with(&house, &cookie).await, 200);
    assert_eq!(house.ask("POST", "/api/session", &[OWN], &body).await.status, 401);
}

#[tokio::test]
async fn dashboard_command_finds_out_that_the_listener_wants_tls() {
    // It was told so at its start, and the settings do not say it.
    let house = House::with_tls().await;
    let listen = house.here();
    let told = house
        .lab
        .json(&["dashboard", "--no-browser", "--json", "--listen", &listen])
        .await;
    let link = told["url"].as_str().expect("a link");
    assert!(link.starts_with(&format!("https://{}/#c=", house.host)), "{link}");
    let (_, code) = link.split_once("#c=").expect("a code");
    let body = json!({ "code": code }).to_string();
    let cookie = cookie_of(&house.ask("POST", "/api/session", &[OWN], &body).await);
    assert_eq!(status_with(&house, &cookie).await, 200);
}

#[tokio::test]
async fn b4_names_of_this_machine_get_neither_cookies_nor_passwords() {
    for house in [House::with_tls().await, House::behind_proxy("").await] {
        let cookie = cookie_of(&enter(&house, PASSWORD, &[OWN]).await);
        let here = house.here();
        let said = house
            .ask_as(&here, "GET", "/api/keys", &[("cookie", &cookie), OWN], "")
            .await;
        assert_eq!(said.status, 401, "{said:?}");
        let body = json!({ "password": PASSWORD }).to_string();
        let said = house.ask_as(&here, "POST", "/api/session", &[OWN], &body).await;
        assert_eq!((said.status, said.header("set-cookie")), (403, None), "{said:?}");
        let page = house.ask_as(&here, "GET", "/", &[], "").await;
        assert!(page.status == 200 && !page.body.contains("data-far"), "{page:?}");
        let page = house.ask("GET", "/", &[], "").await;
        assert!(
            page.body.contains("data-far") && page.header("set-cookie").is_none(),
            "{page:?}"
        );
    }
}

#[tokio::test]
async fn b8_headers_of_strangers_change_nothing() {
    let house = House::behind_proxy("").await;
    let here = house.here();
    let body = json!({ "password": PASSWORD }).to_string();
    for (name, value) in [
        ("x-forwarded-host", house.host.as_str()),
        ("x-forwarded-proto", "https"),
        ("forwarded", "host=hermes.test;proto=https"),
        ("x_forwarded_host", "hermes.test"),
        ("x-original-url", "/api/openapi.json"),
        ("x-forwarded-user", "admin"),
    ] {
        let said = house
            .ask_as(&here, "POST", "/api/session", &[OWN, (name, value)], &body)
            .await;
        assert_eq!(said.status, 403, "{name} {said:?}");
        let said = house.ask("GET", "/api/keys", &[OWN, (name, value)], "").await;
        assert_eq!(said.status, 401, "{name} {said:?}");
        assert!(said.header("location").is_none(), "{name} {said:?}");
    }
}

#[tokio::test]
async fn b8_trusted_proxy_tells_who_guesses() {
    let house = House::behind_proxy("trusted_proxies = [\"127.0.0.1\"]").await;
    let guesser = [("x-forwarded-for", "203.0.113.1, 198.51.100.1")];
    for _ in 0..20 {
        assert_eq!(enter(&house, "not the password", &guesser).await.status, 401);
    }
    assert_eq!(enter(&house, PASSWORD, &guesser).await.status, 429);
    let other = [("x-forwarded-for", "198.51.100.1, 203.0.113.1"), OWN];
    assert_eq!(enter(&house, PASSWORD, &other).await.status, 200);
}

#[tokio::test]
async fn renewed_certificate_is_shown_without_a_restart() {
    let mut house = House::in_a_hurry().await;
    assert!(house.shows_its_files().await);
    let cookie = cookie_of(&enter(&house, PASSWORD, &[OWN]).await);
    house.renew();
    let shown = async {
        while !house.shows_its_files().await {
            super::moment().await;
        }
    };
    let shown = tokio::time::timeout(std::time::Duration::from_secs(20), shown).await;
    assert!(shown.is_ok(), "the new certificate is not shown");
    assert_eq!(status_with(&house, &cookie).await, 200);
}

#[tokio::test]
async fn person_signs_in_with_the_password_and_out_again() {
    let house = House::with_tls().await;
    let browser = Browser::trusting(&["hermes.test"], &house.key).await;
    let page = browser.page().await;
    let base = format!("https://{}", house.host);
    assert_eq!(page.open(&base).await, 200);
    page.whole().see("button", "Sign in").await;
    assert_accessible(&page, "the password's form").await;
    page.fill("textbox", "Password", "not the password").await;
    page.click("button", "Sign in").await;
    page.wait_for_text("this is not the password").await;
    page.fill("textbox", "Password", PASSWORD).await;
    page.click("button", "Sign in").await;
    page.wait_for("document.querySelector('#page h1') !== null").await;
    let seen = page
        .evaluate("document.cookie + '|' + JSON.stringify(sessionStorage)")
        .await;
    assert_eq!(seen, json!("|{\"hermes-session-token\":\"cookie\"}"));
    let cookies = browser.cookies().await;
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    let cookie = &cookies[0];
    assert_eq!(
        (
            &cookie["name"],
            &cookie["secure"],
            &cookie["httpOnly"],
            &cookie["sameSite"],
            &cookie["session"]
        ),
        (
            &json!("__Host-hermes"),
            &json!(true),
            &json!(true),
            &json!("Strict"),
            &json!(true)
        )
    );
    // Another tab needs no password, and a call that writes works.
    let other = browser.page().await;
    assert_eq!(other.open(&format!("{base}/keys")).await, 200);
    other
        .wait_for("document.querySelector('#page h1') !== null")
        .await;
    other.click("button", "Sign out").await;
    other.within("main", "").see("button", "Sign in").await;
    assert_eq!(browser.cookies().await, Vec::<serde_json::Value>::new());
    assert_eq!(page.open(&base).await, 200);
    page.whole().see("button", "Sign in").await;
    assert_eq!(page.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn what_cannot_be_undone_asks_for_the_password_again() {
    let mut house = House::with_tls().await;
    let browser = Browser::trusting(&["hermes.test"], &house.key).await;
    let page = browser.page().await;
    assert_eq!(page.open(&format!("https://{}/keys", house.host)).await, 200);
    page.fill("textbox", "Password", PASSWORD).await;
    page.click("button", "Sign in").await;
    page.whole().see("button", "Create a key").await;
    house.later(660).await;
    page.reload().await;
    page.click("button", "Create a key").await;
    page.fill("textbox", "Name*", "tablet").await;
    page.press(&["Enter"]).await;
    page.wait_for("document.querySelector('#again[open]')").await;
    assert_accessible(&page, "the password again").await;
    let again = page.within("dialog", "Sign in again to go on");
    again.fill("textbox", "Password", "not the password").await;
    page.press(&["Enter"]).await;
    page.wait_for_text("this is not the password").await;
    again.fill("textbox", "Password", PASSWORD).await;
    page.press(&["Enter"]).await;
    // What was typed into the first dialog is still there, and is sent now.
    page.wait_for("document.querySelector('#key-made[open] [data-from]')?.textContent.length > 20")
        .await;
    assert_eq!(page.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn refusal_of_an_old_session_speaks_of_the_password() {
    let mut house = House::with_tls().await;
    let cookie = cookie_of(&enter(&house, PASSWORD, &[OWN]).await);
    house.later(660).await;
    let headers = [("cookie", cookie.as_str()), OWN];
    let said = house
        .ask("POST", "/api/keys", &headers, "{\"name\": \"one\"}")
        .await;
    assert_eq!(said.status, 403, "{said:?}");
    assert!(
        said.body.contains("sign_in_again") && said.body.contains("password"),
        "{said:?}"
    );
}

#[tokio::test]
async fn guesses_of_many_strangers_do_not_hold_who_has_signed_in_before() {
    let house = House::behind_proxy("trusted_proxies = [\"127.0.0.1\"]").await;
    let enter_from = async |last: u8, password: &str| {
        let address = format!("203.0.113.{last}");
        let headers = [("x-forwarded-for", address.as_str()), OWN];
        enter(&house, password, &headers).await.status
    };
    assert_eq!(enter_from(200, PASSWORD).await, 200);
    for stranger in 1..=5 {
        for _ in 0..20 {
            assert_eq!(enter_from(stranger, "not the password").await, 401);
        }
    }
    assert_eq!(enter_from(6, PASSWORD).await, 429);
    assert_eq!(enter_from(200, PASSWORD).await, 200);
}
