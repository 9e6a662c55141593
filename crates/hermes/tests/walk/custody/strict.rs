//! A real issuer that ends a login when a spent token comes again, and tokens that live for two seconds.

use std::time::Duration;

use futures_util::future::join_all;
use hermes_core::{Clock, SystemClock};
use serde_json::json;

use super::{copy_folder, database, wait};
use crate::harness::{Lab, ended};
use crate::issuer::Issuer;

const MINUTE: Duration = Duration::from_mins(1);
const PROCESSES: usize = 8;

/// Eight loops that ask for the token all the time; `homes` are the machines they run on.
async fn asking(lab: &Lab, homes: &[std::path::PathBuf]) -> (usize, Vec<String>) {
    let clock = SystemClock::new();
    let began = clock.monotonic();
    let one = async |number: usize| {
        let (mut asked, mut errors) = (0, Vec::new());
        while clock.monotonic().saturating_sub(began) < MINUTE {
            let mut command = lab.command(&["token", "strict"]);
            command.env("HERMES_HOME", &homes[number % homes.len()]);
            let done = ended(command).await;
            asked += 1;
            if done.code != 0 {
                errors.push(format!("{done:?}"));
            }
        }
        (asked, errors)
    };
    let all = join_all((0..PROCESSES).map(one)).await;
    let asked = all.iter().map(|(asked, _)| asked).sum();
    (asked, all.into_iter().flat_map(|(_, errors)| errors).collect())
}

async fn minute(machines: usize, store: Option<String>) {
    let issuer = Issuer::start().await;
    issuer.person(json!({"access_seconds": 2})).await;
    let mut lab = issuer.lab_with_clock("+0s").await;
    if let Some(store) = &store {
        lab.set("HERMES_STORE", store);
    }
    let login = lab.login(&["auth", "add", "strict", "--method", "device"]).await;
    issuer
        .person(json!({"user_code": login.user_code(), "action": "approve"}))
        .await;
    let done = login.end().await;
    assert_eq!(done.code, 0, "{done:?}");
    let mut homes = vec![lab.home()];
    for number in 1..machines {
        let home = lab.home().with_file_name(format!("machine-{number}"));
        copy_folder(&lab.home(), &home);
        homes.push(home);
    }
    let before = issuer.told().await["refreshes"].as_u64().expect("a count");
    let (asked, errors) = asking(&lab, &homes).await;
    let told = issuer.told().await;
    let calls = told["refreshes"].as_u64().expect("a count") - before;
    let login = lab.json(&["auth", "list", "--json"]).await["credentials"][0].clone();
    let expiries = login["generation"].as_u64().expect("a number") - 1;
    super::tell(&format!(
        "{machines} machines: {asked} answers, {calls} calls, {expiries} renewals, {} errors",
        errors.len()
    ));
    assert!(errors.is_empty(), "{:?}", errors.first());
    assert_eq!(calls, expiries, "each call was one renewal");
    // A token of two seconds is renewed at most a fifth before its end; a loaded machine asks later.
    assert!((15..=40).contains(&calls), "{calls} in a minute");
    assert_eq!(told["refused"], 0, "no token was sent twice: {told}");
    wait(Duration::from_secs(2)).await;
    let alive = lab.run(&["token", "strict"]).await;
    assert_eq!(alive.code, 0, "{alive:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn file_eight_processes_keep_a_strict_login_alive_for_a_minute() {
    minute(1, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_three_machines_keep_a_strict_login_alive_for_a_minute() {
    minute(3, Some(database())).await;
}
