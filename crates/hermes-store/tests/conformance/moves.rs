//! Moving everything to a store of the other kind.

use std::sync::Arc;
use std::time::Duration;

use hermes_core::{
    CoolCause, Explain, Health, KeyId, LoginCause, OsRandom, ProviderId, Scope, Secret, Strategy,
};
use hermes_store::{ClientKey, Commit, KeyLimits, LeaseMove, Phase, Store};

use crate::lease::stage;
use crate::support::{Home, labelled, login, material, now};

pub(crate) fn key(name: &str) -> ClientKey {
    ClientKey {
        id: KeyId::new(now(), &OsRandom),
        name: name.to_owned(),
        prefix: format!("hk_{name}"),
        hash: "00ff".to_owned(),
        created: now(),
        revoked: None,
        last_used: Some(now()),
        limits: KeyLimits {
            requests_per_minute: Some(7),
            models: vec![format!("lab/{name}")],
        },
    }
}

fn cooling(scope: Scope) -> Health {
    Health::Cooling {
        until: now().plus(Duration::from_secs(99)),
        cause: CoolCause::RateLimit,
        scope,
    }
}

/// A store with one of everything in it.
async fn filled(store: &Arc<dyn Store>) {
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        let saved = store.save_login(labelled(name, &format!("Näme {name}")), now());
        ids.push(saved.await.unwrap().credential.id);
    }
    let mut other = login("other");
    other.provider = ProviderId::new("second");
    other.identity.organisation = Some("org".to_owned());
    other.material.refresh = None;
    store.save_login(other, now()).await.unwrap();
    for generation in 1..4 {
        let commit = store.commit_refresh(ids[0], generation, material("later"), now());
        assert_eq!(commit.await.unwrap(), Commit::Stored(generation + 1));
    }
    store.set_priority(ids[4], 0, now()).await.unwrap();
    store.set_weight(ids[1], 7, now()).await.unwrap();
    for health in [
        cooling(Scope::Model("m".to_owned())),
        cooling(Scope::Organisation("o".to_owned())),
    ] {
        store.set_health(ids[1], None, health, now()).await.unwrap();
    }
    store
        .set_health(ids[2], None, Health::Disabled, now())
        .await
        .unwrap();
    store
        .set_health(ids[4], None, cooling(Scope::Account), now())
        .await
        .unwrap();
    let attempt = super::lease::new_attempt();
    for step in [
        super::lease::acquire(&attempt),
        LeaseMove::Mark(attempt.clone()),
        LeaseMove::Condemn {
            attempt,
            cause: LoginCause::RevokedOrReused,
        },
    ] {
        assert!(store.move_lease(ids[3], 1, &step).await.unwrap());
    }
    store
        .set_strategy(&ProviderId::new("lab"), Strategy::Weighted, now())
        .await
        .unwrap();
    let (one, two) = (key("one"), key("two"));
    for key in [&one, &two] {
        store.add_key(key).await.unwrap();
    }
    store.revoke_key(two.id, now()).await.unwrap();
    store.set_setting("plain", Some("value")).await.unwrap();
    let make = || Secret::from("canary-setting");
    store.secret_setting("secret", &make).await.unwrap();
}

pub(crate) async fn everything_moves_to_the_other_kind_of_store(home: Home) {
    let store = home.open().await;
    filled(&store).await;
    let dump = store.export().await.unwrap();
    assert_eq!(
        (dump.credentials.len(), dump.keys.len(), dump.secrets.len()),
        (6, 2, 1)
    );
    let target = home.of_the_other_kind();
    let moved = target.open().await;
    // What a new store has of its own is not in the way.
    moved
        .secret_setting("secret", &|| Secret::from("canary-own"))
        .await
        .unwrap();
    moved.add_key(&key("own")).await.unwrap();
    moved.import(&dump, now()).await.unwrap();
    assert_eq!(moved.export().await.unwrap(), dump);
    assert_eq!(moved.suspect(), None);
    for one in &dump.credentials {
        let material = moved.material(one.credential.id).await.unwrap();
        assert_eq!(material, (one.credential.generation, one.material.clone()));
        let there = store.lease(one.credential.id).await.unwrap().unwrap();
        let here = moved.lease(one.credential.id).await.unwrap().unwrap();
        assert_eq!((here.phase, here.cause), (there.phase, there.cause));
        assert!(here.phase == Phase::Idle || one.dead.is_some());
    }
    assert_eq!(moved.check().await.unwrap(), []);
    assert!(moved.changes(Some(1)).await.unwrap().whole);
    assert_eq!(moved.events(None, 1).await.unwrap()[0].kind, "imported");
    let id = dump.credentials[2].credential.id;
    let generation = dump.credentials[2].credential.generation;
    let commit = moved.commit_refresh(id, generation, material("there"), now());
    assert_eq!(commit.await.unwrap(), Commit::Stored(generation + 1));
    // And back again, into a store of this kind.
    let back = home.of_the_same_kind();
    let store = back.open().await;
    let dump = moved.export().await.unwrap();
    store.import(&dump, now()).await.unwrap();
    assert_eq!(store.export().await.unwrap(), dump);
}

pub(crate) async fn import_into_a_store_with_logins_is_refused(home: Home) {
    let stage = stage(home).await;
    let dump = stage.store.export().await.unwrap();
    let before = stage.store.version().await.unwrap();
    let error = stage.store.import(&dump, now()).await.unwrap_err();
    assert_eq!(error.kind(), "taken");
    assert_eq!(stage.store.version().await.unwrap(), before);
    assert_eq!(stage.store.export().await.unwrap(), dump);
}

pub(crate) async fn export_is_refused_while_a_renewal_is_under_way_or_in_doubt(home: Home) {
    let stage = stage(home).await;
    stage.store.export().await.unwrap();
    let attempt = stage.leased().await;
    let steps = [
        LeaseMove::Mark(attempt.clone()),
        LeaseMove::Doubt {
            attempt,
            problem: "lost".to_owned(),
        },
    ];
    for step in steps {
        let error = stage.store.export().await.unwrap_err();
        assert_eq!(error.kind(), "store_kind");
        assert!(error.to_string().contains("lab-1"));
        assert!(stage.step(step).await);
    }
    assert_eq!(stage.store.export().await.unwrap_err().kind(), "store_kind");
    stage
        .store
        .commit_refresh(stage.id, 1, material("b"), now())
        .await
        .unwrap();
    stage.store.export().await.unwrap();
}

pub(crate) async fn text_that_one_kind_cannot_hold_is_cleaned_in_both(home: Home) {
    let store = home.open().await;
    let mut odd = login("a\0b");
    odd.identity.organisation = Some("o\0".to_owned());
    odd.account.display = Some("d\0e".to_owned());
    odd.account.plan = Some("p\0".to_owned());
    let saved = store.save_login(odd.clone(), now()).await.unwrap().credential;
    assert!(store.save_login(odd, now()).await.unwrap().replaced);
    assert_eq!(saved.identity.subject, "a\u{fffd}b");
    assert_eq!(store.material(saved.id).await.unwrap(), (2, material("a\0b")));
    assert_eq!(store.check().await.unwrap(), []);
}
