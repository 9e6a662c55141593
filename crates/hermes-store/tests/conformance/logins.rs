//! Logins, health, order, attempts, keys, settings and the log.

use std::sync::Arc;
use std::time::Duration;

use crate::support::{Home, displayed, labelled, login, material, now};
use hermes_core::{
    AttemptId, CoolCause, CredentialId, Explain, Health, KeyId, LoginCause, OsRandom, ProviderId, Scope,
    Secret, UnixMs,
};
use hermes_store::{AttemptRow, ClientKey, Commit, KeyLimits, Store};

fn attempt() -> AttemptRow {
    AttemptRow {
        id: AttemptId::new(now(), &OsRandom),
        provider: ProviderId::new("lab"),
        method: "device".to_owned(),
        region: None,
        label: None,
        state: Secret::from("canary-state"),
        created: now(),
        expires: now(),
    }
}

async fn labels(store: &Arc<dyn Store>) -> Vec<String> {
    let credentials = store.credentials().await.unwrap();
    for (place, credential) in (0_u32..).zip(&credentials) {
        assert_eq!(credential.priority, place);
    }
    credentials
        .into_iter()
        .map(|credential| credential.label)
        .collect()
}

pub(crate) async fn save_login_new_account_is_stored_whole(home: Home) {
    let store = home.open().await;
    let saved = store.save_login(login("a"), now()).await.unwrap();
    assert!(!saved.replaced);
    let listed = store.credentials().await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&saved.credential));
    assert_eq!(saved.credential.generation, 1);
    assert_eq!(saved.credential.label, "lab-1");
    assert_eq!(saved.credential.health, Health::Ready);
    assert!(saved.credential.has_refresh);
    let opened = store.material(saved.credential.id).await.unwrap();
    assert_eq!(opened, (1, material("a")));
}

pub(crate) async fn save_login_same_account_keeps_id_label_and_place(home: Home) {
    let store = home.open().await;
    let first = store
        .save_login(labelled("a", "Main"), now())
        .await
        .unwrap()
        .credential;
    store.save_login(login("b"), now()).await.unwrap();
    store.set_priority(first.id, 1, now()).await.unwrap();
    let dead = Health::NeedsLogin {
        cause: LoginCause::KeyRejected,
    };
    store.set_health(first.id, None, dead, now()).await.unwrap();
    let mut again = labelled("a", "Other");
    again.material = material("second");
    let saved = store.save_login(again, now()).await.unwrap();
    assert!(saved.replaced);
    assert_eq!(saved.credential.id, first.id);
    assert_eq!(saved.credential.label, "Main");
    assert_eq!(saved.credential.priority, 1);
    assert_eq!(saved.credential.generation, 2);
    assert_eq!(saved.credential.health, Health::Ready);
    assert_eq!(store.material(first.id).await.unwrap(), (2, material("second")));
    assert_eq!(store.credentials().await.unwrap()[1], saved.credential);
}

pub(crate) async fn save_login_other_organisation_is_another_credential(home: Home) {
    let store = home.open().await;
    store.save_login(login("a"), now()).await.unwrap();
    let mut other = login("a");
    other.identity.organisation = Some("org".to_owned());
    assert!(!store.save_login(other, now()).await.unwrap().replaced);
    assert_eq!(labels(&store).await, ["lab-1", "lab-2"]);
}

pub(crate) async fn save_login_default_label_takes_next_free_number(home: Home) {
    let store = home.open().await;
    store.save_login(labelled("x", "LAB-1"), now()).await.unwrap();
    let saved = store.save_login(login("a"), now()).await.unwrap();
    assert_eq!(saved.credential.label, "lab-2");
}

pub(crate) async fn save_login_taken_display_gets_a_number(home: Home) {
    let store = home.open().await;
    for subject in ["a", "b", "c"] {
        store
            .save_login(displayed(subject, "me@example.org"), now())
            .await
            .unwrap();
    }
    let wanted = ["me@example.org", "me@example.org (2)", "me@example.org (3)"];
    assert_eq!(labels(&store).await, wanted);
}

pub(crate) async fn save_login_display_with_control_characters_is_cleaned(home: Home) {
    let store = home.open().await;
    let saved = store
        .save_login(displayed("a", "\u{1b}[2J evil\n"), now())
        .await
        .unwrap();
    assert_eq!(saved.credential.label, "[2J evil");
}

pub(crate) async fn save_login_chosen_label_in_other_case_is_refused(home: Home) {
    let store = home.open().await;
    store.save_login(labelled("a", "Ärger"), now()).await.unwrap();
    let error = store.save_login(labelled("b", "äRGER"), now()).await.unwrap_err();
    assert_eq!(error.kind(), "taken");
    assert_eq!(labels(&store).await.len(), 1);
}

pub(crate) async fn save_login_sixteen_at_once_all_arrive(home: Home) {
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..16 {
        let options = home.options();
        tasks.spawn(async move {
            let store = hermes_store::open(options).await.unwrap();
            store
                .save_login(login(&format!("account-{number}")), now())
                .await
                .unwrap();
            store.close().await.unwrap();
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.unwrap();
    }
    let store = home.open().await;
    let mut found = labels(&store).await;
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 16);
    assert_eq!(store.check().await.unwrap(), []);
}

pub(crate) async fn rename_taken_label_is_refused_and_own_case_may_change(home: Home) {
    let store = home.open().await;
    let first = store
        .save_login(labelled("a", "one"), now())
        .await
        .unwrap()
        .credential;
    store.save_login(labelled("b", "two"), now()).await.unwrap();
    assert_eq!(
        store.rename(first.id, "TWO", now()).await.unwrap_err().kind(),
        "taken"
    );
    store.rename(first.id, "ONE", now()).await.unwrap();
    assert_eq!(labels(&store).await, ["ONE", "two"]);
    assert_eq!(
        store.rename(first.id, " \n", now()).await.unwrap_err().kind(),
        "not_found"
    );
}

pub(crate) async fn set_priority_any_place_stays_contiguous(home: Home) {
    let store = home.open().await;
    let mut ids = Vec::new();
    for label in ["a", "b", "c", "d"] {
        ids.push(
            store
                .save_login(labelled(label, label), now())
                .await
                .unwrap()
                .credential
                .id,
        );
    }
    store.set_priority(ids[3], 0, now()).await.unwrap();
    assert_eq!(labels(&store).await, ["d", "a", "b", "c"]);
    store.set_priority(ids[3], 99, now()).await.unwrap();
    assert_eq!(labels(&store).await, ["a", "b", "c", "d"]);
    store.set_priority(ids[1], 2, now()).await.unwrap();
    assert_eq!(labels(&store).await, ["a", "c", "b", "d"]);
}

pub(crate) async fn remove_closes_the_gap_and_takes_the_secrets(home: Home) {
    let store = home.open().await;
    let first = store
        .save_login(labelled("a", "a"), now())
        .await
        .unwrap()
        .credential;
    store.save_login(labelled("b", "b"), now()).await.unwrap();
    store.remove(first.id, now()).await.unwrap();
    assert_eq!(labels(&store).await, ["b"]);
    assert_eq!(store.material(first.id).await.unwrap_err().kind(), "not_found");
    assert_eq!(
        store.remove(first.id, now()).await.unwrap_err().kind(),
        "not_found"
    );
    assert_eq!(store.events(Some(first.id), 1).await.unwrap()[0].kind, "removed");
}

pub(crate) async fn commit_refresh_eight_writers_one_wins(home: Home) {
    let store = home.open().await;
    let id = store.save_login(login("a"), now()).await.unwrap().credential.id;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..8 {
        let options = home.options();
        tasks.spawn(async move {
            let store = hermes_store::open(options).await.unwrap();
            let outcome = store
                .commit_refresh(id, 1, material(&format!("w{number}")), now())
                .await
                .unwrap();
            store.close().await.unwrap();
            (number, outcome)
        });
    }
    let mut winners = Vec::new();
    while let Some(task) = tasks.join_next().await {
        match task.unwrap() {
            (number, Commit::Stored(2)) => winners.push(number),
            (_, outcome) => assert_eq!(outcome, Commit::Superseded),
        }
    }
    assert_eq!(winners.len(), 1);
    let stored = store.material(id).await.unwrap();
    assert_eq!(stored, (2, material(&format!("w{}", winners[0]))));
}

pub(crate) async fn commit_refresh_gone_credential_says_so(home: Home) {
    let store = home.open().await;
    let id = CredentialId::new(now(), &OsRandom);
    let outcome = store.commit_refresh(id, 1, material("a"), now()).await.unwrap();
    assert_eq!(outcome, Commit::Gone);
}

pub(crate) async fn set_health_old_generation_changes_nothing(home: Home) {
    let store = home.open().await;
    let id = store.save_login(login("a"), now()).await.unwrap().credential.id;
    store.commit_refresh(id, 1, material("b"), now()).await.unwrap();
    let dead = Health::NeedsLogin {
        cause: LoginCause::RevokedOrReused,
    };
    assert!(!store.set_health(id, Some(1), dead.clone(), now()).await.unwrap());
    assert_eq!(store.credentials().await.unwrap()[0].health, Health::Ready);
    assert!(store.set_health(id, Some(2), dead.clone(), now()).await.unwrap());
    assert_eq!(store.credentials().await.unwrap()[0].health, dead);
}

pub(crate) async fn set_health_every_state_comes_back_and_is_recorded_once(home: Home) {
    let store = home.open().await;
    let id = store.save_login(login("a"), now()).await.unwrap().credential.id;
    let cooling = Health::Cooling {
        until: now(),
        cause: CoolCause::RateLimit,
        scope: Scope::Account,
    };
    let states = [
        cooling,
        Health::Disabled,
        Health::Blocked { rule: "r".to_owned() },
        Health::Ready,
    ];
    for health in states {
        for _ in 0..2 {
            assert!(store.set_health(id, None, health.clone(), now()).await.unwrap());
        }
        assert_eq!(store.credentials().await.unwrap()[0].health, health);
    }
    let recorded = store.events(Some(id), 99).await.unwrap();
    assert_eq!(recorded.iter().filter(|event| event.kind == "health").count(), 4);
    assert_eq!(recorded[3].detail, "cooling down: rate limited");
    assert_eq!(recorded[0].generation, Some(1));
}

pub(crate) async fn version_moves_with_changes_of_another_process(home: Home) {
    let (first, second) = (home.open().await, home.open().await);
    let mut last = first.version().await.unwrap();
    let id = second.save_login(login("a"), now()).await.unwrap().credential.id;
    for step in 0..4 {
        let version = first.version().await.unwrap();
        assert!(version > last, "step {step}");
        last = version;
        match step {
            0 => drop(second.commit_refresh(id, 1, material("b"), now()).await.unwrap()),
            1 => drop(
                second
                    .set_health(id, None, Health::Disabled, now())
                    .await
                    .unwrap(),
            ),
            _ => second.rename(id, &format!("label {step}"), now()).await.unwrap(),
        }
    }
    store_stays(&first).await;
}

async fn store_stays(store: &Arc<dyn Store>) {
    let before = store.version().await.unwrap();
    store.credentials().await.unwrap();
    assert_eq!(store.version().await.unwrap(), before);
}

pub(crate) async fn attempt_round_trip_survives_the_process(home: Home) {
    let row = attempt();
    let store = home.open().await;
    store.save_attempt(&row).await.unwrap();
    store.close().await.unwrap();
    let store = home.open().await;
    let found = store.attempt(row.id).await.unwrap().unwrap();
    assert_eq!(found.state, row.state);
    assert_eq!(store.attempts().await.unwrap().len(), 1);
    let other = AttemptId::new(now(), &OsRandom);
    assert!(store.attempt(other).await.unwrap().is_none());
}

pub(crate) async fn update_attempt_writes_only_what_is_there(home: Home) {
    let store = home.open().await;
    let mut row = attempt();
    assert!(!store.update_attempt(&row).await.unwrap());
    assert!(store.attempt(row.id).await.unwrap().is_none());
    store.save_attempt(&row).await.unwrap();
    row.state = Secret::from("later");
    assert!(store.update_attempt(&row).await.unwrap());
    assert_eq!(store.attempt(row.id).await.unwrap().unwrap().state, row.state);
    assert!(store.take_attempt(row.id).await.unwrap());
    assert!(!store.update_attempt(&row).await.unwrap());
    assert!(store.attempts().await.unwrap().is_empty());
}

pub(crate) async fn take_attempt_many_callers_one_wins(home: Home) {
    let store = home.open().await;
    let row = attempt();
    store.save_attempt(&row).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = home.open().await;
        tasks.spawn(async move { store.take_attempt(row.id).await.unwrap() });
    }
    let taken = tasks.join_all().await;
    assert_eq!(taken.iter().filter(|won| **won).count(), 1);
}

pub(crate) async fn finish_attempt_twice_stores_once(home: Home) {
    let store = home.open().await;
    let row = attempt();
    store.save_attempt(&row).await.unwrap();
    assert!(
        store
            .finish_attempt(row.id, login("a"), now())
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        store
            .finish_attempt(row.id, login("b"), now())
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(labels(&store).await, ["lab-1"]);
}

pub(crate) async fn finish_attempt_taken_label_keeps_the_attempt(home: Home) {
    let store = home.open().await;
    store.save_login(labelled("a", "one"), now()).await.unwrap();
    let row = attempt();
    store.save_attempt(&row).await.unwrap();
    let error = store
        .finish_attempt(row.id, labelled("b", "one"), now())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), "taken");
    assert!(store.attempt(row.id).await.unwrap().is_some());
}

pub(crate) async fn client_keys_are_kept_and_revoked_once(home: Home) {
    let store = home.open().await;
    let key = ClientKey {
        id: KeyId::new(now(), &OsRandom),
        name: "laptop".to_owned(),
        prefix: "hk_abc".to_owned(),
        hash: "00".to_owned(),
        created: now(),
        revoked: None,
        last_used: None,
        limits: KeyLimits {
            requests_per_minute: Some(60),
            models: vec!["lab/*".to_owned(), "fast".to_owned()],
        },
    };
    store.add_key(&key).await.unwrap();
    assert_eq!(store.keys().await.unwrap(), std::slice::from_ref(&key));
    let twin = ClientKey {
        id: KeyId::new(now(), &OsRandom),
        ..key.clone()
    };
    assert_eq!(store.add_key(&twin).await.unwrap_err().kind(), "taken");
    assert!(store.revoke_key(key.id, now()).await.unwrap());
    assert!(store.revoke_key(key.id, UnixMs::from_millis(9)).await.unwrap());
    assert_eq!(store.keys().await.unwrap()[0].revoked, Some(now()));
    assert!(!store.revoke_key(twin.id, now()).await.unwrap());
}

pub(crate) async fn uses_of_client_keys_are_noted_and_move_no_version(home: Home) {
    let store = home.open().await;
    let mut keys = Vec::new();
    for name in ["a", "b"] {
        let key = super::moves::key(name);
        store.add_key(&key).await.unwrap();
        keys.push(key.id);
    }
    let version = store.version().await.unwrap();
    let last = async || -> Vec<Option<UnixMs>> {
        let listed = store.keys().await.unwrap();
        let of = |id: &KeyId| listed.iter().find(|key| key.id == *id).unwrap().last_used;
        keys.iter().map(of).collect()
    };
    let at = |millis| now().plus(Duration::from_millis(millis));
    store.note_key_uses(&[]).await.unwrap();
    assert_eq!(last().await, [Some(now()); 2]);
    store
        .note_key_uses(&[(keys[0], at(5)), (keys[1], at(9))])
        .await
        .unwrap();
    store
        .note_key_uses(&[(keys[0], at(4)), (keys[1], at(10))])
        .await
        .unwrap();
    assert_eq!(last().await, [Some(at(5)), Some(at(10))]);
    assert_eq!(store.version().await.unwrap(), version);
}

pub(crate) async fn settings_plain_and_secret_stay_apart(home: Home) {
    let store = home.open().await;
    assert_eq!(store.setting("a").await.unwrap(), None);
    store.set_setting("a", Some("1")).await.unwrap();
    store.set_setting("a", Some("2")).await.unwrap();
    assert_eq!(store.setting("a").await.unwrap().as_deref(), Some("2"));
    store.set_setting("a", None).await.unwrap();
    assert_eq!(store.setting("a").await.unwrap(), None);
    let make = || Secret::from("canary-first");
    assert_eq!(
        store.secret_setting("s", &make).await.unwrap(),
        Secret::from("canary-first")
    );
    let other = || Secret::from("canary-second");
    assert_eq!(
        store.secret_setting("s", &other).await.unwrap(),
        Secret::from("canary-first")
    );
    assert_eq!(store.setting("s").await.unwrap(), None);
    assert_eq!(
        store.set_setting("s", Some("x")).await.unwrap_err().kind(),
        "taken"
    );
}

pub(crate) async fn events_come_newest_first_with_a_limit(home: Home) {
    let store = home.open().await;
    let id = store.save_login(login("a"), now()).await.unwrap().credential.id;
    store.commit_refresh(id, 1, material("b"), now()).await.unwrap();
    store.save_login(login("b"), now()).await.unwrap();
    let kinds = |events: Vec<hermes_store::Event>| -> Vec<String> {
        events.into_iter().map(|event| event.kind).collect()
    };
    assert_eq!(
        kinds(store.events(None, 2).await.unwrap()),
        ["login", "refreshed"]
    );
    assert_eq!(
        kinds(store.events(Some(id), 9).await.unwrap()),
        ["refreshed", "login"]
    );
}

pub(crate) async fn reads_while_another_task_writes_see_whole_states(home: Home) {
    let store = home.open().await;
    let id = store.save_login(login("a"), now()).await.unwrap().credential.id;
    let writer = Arc::clone(&store);
    let task = tokio::spawn(async move {
        for generation in 1..40 {
            let next = material(&format!("g{}", generation + 1));
            writer.commit_refresh(id, generation, next, now()).await.unwrap();
        }
    });
    for _ in 0..80 {
        let (generation, found) = store.material(id).await.unwrap();
        if generation > 1 {
            assert_eq!(found, material(&format!("g{generation}")));
        }
        tokio::task::yield_now().await;
    }
    task.await.unwrap();
    assert_eq!(store.material(id).await.unwrap().0, 40);
}

pub(crate) async fn close_twice_is_fine_and_later_calls_fail(home: Home) {
    let store = home.open().await;
    store.close().await.unwrap();
    store.close().await.unwrap();
    assert_eq!(store.credentials().await.unwrap_err().kind(), "store_failed");
}
