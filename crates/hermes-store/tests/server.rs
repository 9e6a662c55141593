//! What only a server can do: lose commits, fall silent, be full, stand behind a pooler.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use hermes_core::{CoolCause, CredentialId, Explain, Health, OsRandom, RequestId, Scope, SystemClock};
use hermes_sim::{PgBouncer, PgBouncerOptions, Postgres, PostgresOptions, Proxy};
use hermes_store::{Attempt, Commit, LEASE, LeaseMove, Phase, QUIET, RequestRow, Store, StoreError, open};
use support::server::{options, pipe, shared, told};
use support::{Home, login, material, now};
use tokio::task::JoinSet;

/// Longer than a call may take, with something for a busy machine.
const LIMIT: Duration = Duration::from_secs(13);

fn server(options: PostgresOptions) -> Postgres {
    let server = Postgres::start(options).unwrap();
    server.create_database("store").unwrap();
    server
}

fn acquire(attempt: &Attempt) -> LeaseMove {
    LeaseMove::Acquire {
        attempt: attempt.clone(),
        gone: None,
        force: false,
    }
}

async fn first_login(store: &Arc<dyn Store>) -> CredentialId {
    store.save_login(login("a"), now()).await.unwrap().credential.id
}

async fn step(store: &Arc<dyn Store>, id: CredentialId, generation: u64, step: LeaseMove) -> bool {
    store.move_lease(id, generation, &step).await.unwrap()
}

/// Renews as a keeper does, up to the answer in the spill file.
async fn received(store: &Arc<dyn Store>, id: CredentialId, generation: u64, name: &str) -> Attempt {
    let attempt = Attempt::new(&OsRandom);
    assert!(step(store, id, generation, acquire(&attempt)).await);
    store.prepare_spill(&attempt).await.unwrap();
    assert!(step(store, id, generation, LeaseMove::Mark(attempt.clone())).await);
    let material = material(name);
    let kept = store.spill(id, generation, &attempt, &material, now());
    kept.await.unwrap();
    attempt
}

async fn renewed(store: &Arc<dyn Store>, id: CredentialId, generation: u64, name: &str) -> Attempt {
    let attempt = received(store, id, generation, name).await;
    let commit = store.commit_refresh(id, generation, material(name), now());
    assert_eq!(commit.await.unwrap(), Commit::Stored(generation + 1));
    store.settle_spill(&attempt, true).await.unwrap();
    attempt
}

#[tokio::test]
async fn lost_commits_are_noticed_waited_out_and_brought_back() {
    let server = server(options());
    let home = Home::at(&server.url("store"));
    let store = home.open().await;
    let id = first_login(&store).await;
    let backup = server.base_backup().unwrap();
    let attempt = renewed(&store, id, 1, "b").await;
    renewed(&store, id, 2, "c").await;
    let seen = store.version().await.unwrap();
    server.promote_from(&backup).unwrap();
    assert_eq!(store.material(id).await.unwrap(), (1, material("a")));
    assert_eq!(home.open().await.suspect(), None);
    // Somebody who knows nothing of it wants to renew: the token of generation 1 is spent.
    let elsewhere = home.other(Duration::ZERO);
    let other = elsewhere.open().await;
    assert!(!step(&other, id, 1, acquire(&Attempt::new(&OsRandom))).await);
    assert_eq!(other.lease(id).await.unwrap().unwrap().quiet_for, Some(QUIET));
    let events = other.events(None, 1).await.unwrap();
    assert_eq!(events[0].kind, "history");
    assert!(store.changes(Some(seen)).await.unwrap().whole);
    // Moves of the lost history mean nothing any more.
    let retry_after = None;
    assert!(!step(&store, id, 1, LeaseMove::Release { attempt, retry_after }).await);
    let offered = store.offer_spills(None, now()).await.unwrap();
    assert_eq!(offered, [(id, Commit::Stored(2)), (id, Commit::Stored(3))]);
    assert_eq!(other.material(id).await.unwrap(), (3, material("c")));
    home.clock
        .advance(QUIET.checked_sub(Duration::from_millis(1)).unwrap());
    assert!(!step(&other, id, 3, acquire(&Attempt::new(&OsRandom))).await);
    home.clock.advance(Duration::from_millis(1));
    assert_eq!(other.lease(id).await.unwrap().unwrap().quiet_for, None);
    renewed(&other, id, 3, "d").await;
    assert_eq!(home.open().await.suspect(), None);
}

#[tokio::test]
async fn history_lost_before_the_first_renewal_is_noticed_by_a_heartbeat() {
    let server = server(options());
    let home = Home::at(&server.url("store"));
    let store = home.open().await;
    let backup = server.base_backup().unwrap();
    let id = first_login(&store).await;
    server.promote_from(&backup).unwrap();
    store.heartbeat().await.unwrap();
    assert_eq!(store.lease(id).await.unwrap(), None, "the login itself is lost");
    let id = first_login(&store).await;
    assert_eq!(store.lease(id).await.unwrap().unwrap().quiet_for, Some(QUIET));
    assert!(!step(&store, id, 1, acquire(&Attempt::new(&OsRandom))).await);
    // Once is enough: the same history is not noticed again.
    home.clock.advance(QUIET);
    store.heartbeat().await.unwrap();
    renewed(&store, id, 1, "b").await;
}

#[tokio::test]
async fn second_loss_is_another_quiet_time() {
    let server = server(options());
    let home = Home::at(&server.url("store"));
    let store = home.open().await;
    let id = first_login(&store).await;
    let backup = server.base_backup().unwrap();
    for round in 0..2 {
        server.promote_from(&backup).unwrap();
        assert!(
            !step(&store, id, 1, acquire(&Attempt::new(&OsRandom))).await,
            "round {round}"
        );
        home.clock.advance(QUIET);
        renewed(&store, id, 1, "lost").await;
    }
}

#[tokio::test]
async fn dump_in_another_server_is_suspect_until_it_is_adopted() {
    let (one, two) = (server(options()), server(options()));
    let home = Home::at(&one.url("store"));
    let store = home.open().await;
    let id = first_login(&store).await;
    pipe(&one.url("store"), &two.url("store"));
    let copy = Home::at(&two.url("store"));
    support::copy_tree(&home.config(), &copy.config());
    let copied = copy.open().await;
    assert!(copied.suspect().unwrap().to_string().contains("copy"));
    assert_eq!(copied.material(id).await.unwrap(), (1, material("a")));
    let refused = copied.move_lease(id, 1, &acquire(&Attempt::new(&OsRandom))).await;
    assert_eq!(refused.unwrap_err().kind(), "store_suspect");
    copied.adopt(now()).await.unwrap();
    assert_eq!(copied.suspect(), None);
    assert_eq!(copy.open().await.suspect(), None);
    assert_eq!(home.open().await.suspect(), None, "the original is as it was");
    renewed(&store, id, 1, "b").await;
}

#[tokio::test]
async fn database_put_back_from_an_older_dump_is_suspect_where_newer_was_seen() {
    let server = server(options());
    server.create_database("aside").unwrap();
    let home = Home::at(&server.url("store"));
    let store = home.open().await;
    let id = first_login(&store).await;
    renewed(&store, id, 1, "b").await;
    pipe(&server.url("store"), &server.url("aside"));
    renewed(&store, id, 2, "c").await;
    store.close().await.unwrap();
    assert_eq!(home.open().await.suspect(), None);
    server
        .sql("store", "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        .unwrap();
    pipe(&server.url("aside"), &server.url("store"));
    let store = home.open().await;
    assert!(
        store
            .suspect()
            .unwrap()
            .to_string()
            .contains("1 renewals are missing")
    );
    let refused = store.move_lease(id, 2, &acquire(&Attempt::new(&OsRandom))).await;
    assert_eq!(refused.unwrap_err().kind(), "store_suspect");
    store.adopt(now()).await.unwrap();
    assert_eq!(home.open().await.suspect(), None);
}

#[tokio::test]
async fn many_that_create_the_store_at_once_make_one() {
    let base = Home::on_server();
    let mut tasks = JoinSet::new();
    for _ in 0..6 {
        let home = Home::at(base.address.as_deref().unwrap());
        tasks.spawn(async move { open(home.options()).await.unwrap().info().clone() });
    }
    let made = tasks.join_all().await;
    assert_eq!(made.iter().filter(|info| info.created).count(), 1);
    assert!(made.iter().all(|info| info.id == made[0].id));
}

#[tokio::test]
async fn address_that_leads_nowhere_is_told_without_its_password() {
    let base = Home::on_server();
    let wrong = base.address.as_deref().unwrap().replace("/test_", "/none_");
    for address in [
        "postgres://me:canary@127.0.0.1:1/store".to_owned(),
        "postgres://me:canary@127.0.0.1:notaport/store".to_owned(),
        wrong.replace("postgres@", "postgres:canary@"),
    ] {
        let error = Home::at(&address).refused().await;
        assert_eq!(error.kind(), "store_away", "{error}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
}

#[tokio::test]
async fn open_without_create_leaves_an_empty_database_alone() {
    let home = Home::on_server();
    let options = hermes_store::OpenOptions {
        create: false,
        ..home.options()
    };
    assert_eq!(open(options).await.err().unwrap().kind(), "not_found");
    let name = home.address.as_deref().unwrap();
    assert!(!name.is_empty() && !home.config().join("server.key").exists());
    assert!(home.open().await.info().created);
}

/// What a busy node does.
async fn mixed_work(store: Arc<dyn Store>, id: CredentialId, number: usize) -> Result<(), StoreError> {
    for generation in 1..4 {
        let attempt = Attempt::new(&OsRandom);
        assert!(store.move_lease(id, generation, &acquire(&attempt)).await?);
        store.prepare_spill(&attempt).await?;
        assert!(
            store
                .move_lease(id, generation, &LeaseMove::Mark(attempt.clone()))
                .await?
        );
        let next = material(&format!("{number} {generation}"));
        store.spill(id, generation, &attempt, &next, now()).await?;
        assert_eq!(
            store.commit_refresh(id, generation, next, now()).await?,
            Commit::Stored(generation + 1)
        );
        let health = Health::Cooling {
            until: now(),
            cause: CoolCause::RateLimit,
            scope: Scope::Model("m".to_owned()),
        };
        store.set_health(id, Some(generation + 1), health, now()).await?;
        store.heartbeat().await?;
        store.changes(None).await?;
        store.append_log(&[request()]).await?;
        assert_eq!(store.material(id).await?.0, generation + 1);
    }
    Ok(())
}

fn request() -> RequestRow {
    RequestRow {
        id: RequestId::new(now(), &OsRandom).to_string(),
        at: now(),
        key: None,
        credential: None,
        provider: None,
        model: "m".to_owned(),
        protocol: "messages".to_owned(),
        status: 200,
        attempts: 1,
        first_byte_ms: None,
        total_ms: 1,
        tokens: Some([1, 2, 3, 4]),
        error: None,
        reasoning: None,
        held: None,
        story: None,
    }
}

/// Many nodes at once on one store; every call of every one must end well.
async fn crowd(home: &Home, nodes: usize) {
    let first = home.open().await;
    let mut logins = Vec::new();
    for number in 0..nodes {
        let saved = first.save_login(login(&format!("account-{number}")), now()).await;
        logins.push(saved.unwrap().credential.id);
    }
    let mut tasks = JoinSet::new();
    for (number, id) in logins.into_iter().enumerate() {
        let node = home.other(Duration::ZERO);
        tasks.spawn(async move {
            let store = node.open().await;
            mixed_work(Arc::clone(&store), id, number).await.unwrap();
            (node, store)
        });
    }
    let nodes_done = tasks.join_all().await;
    assert_eq!(nodes_done.len(), nodes);
    let listed = first.credentials().await.unwrap();
    assert!(listed.len() == nodes && listed.iter().all(|one| one.generation == 4));
    assert_eq!(first.check().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_nodes_share_ten_connections_of_a_pooler() {
    let base = Home::on_server();
    let pooler = PgBouncer::start(
        shared(),
        PgBouncerOptions {
            program: told("HERMES_TEST_PGBOUNCER"),
            default_pool_size: 10,
        },
    )
    .unwrap();
    let (_, database) = base.address.as_deref().unwrap().split_once("/test_").unwrap();
    let (number, _) = database.split_once('?').unwrap();
    let home = Home::at(&pooler.url(&format!("test_{number}")));
    crowd(&home, 200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_nodes_wait_for_fifteen_connections() {
    let server = server(PostgresOptions {
        max_connections: 15,
        ..options()
    });
    crowd(&Home::at(&server.url("store")), 40).await;
}

struct Behind {
    home: Home,
    store: Arc<dyn Store>,
    id: CredentialId,
    proxy: Proxy,
    _server: Postgres,
}

/// A store whose server is reached through a proxy.
async fn behind_a_proxy() -> Behind {
    let server = server(PostgresOptions {
        tcp: true,
        ..options()
    });
    let proxy = Proxy::to_tcp(server.address().unwrap(), Arc::new(SystemClock::new()))
        .await
        .unwrap();
    let home = Home::at(&server.url_through(proxy.address(), "store"));
    let store = home.open().await;
    let id = first_login(&store).await;
    Behind {
        home,
        store,
        id,
        proxy,
        _server: server,
    }
}

/// Every kind of call at once: each must end in time and say that the database is away.
async fn all_away(behind: &Behind) {
    let (store, id) = (&behind.store, behind.id);
    let attempt = Attempt::new(&OsRandom);
    let rows = [request()];
    let (move_to, opened) = (acquire(&attempt), behind.home.options());
    let kind = |outcome: Result<(), StoreError>| outcome.map_err(|error| error.kind());
    let calls = async {
        let kinds: [Result<(), &str>; 12] = tokio::join!(
            async { kind(store.version().await.map(drop)) },
            async { kind(store.credentials().await.map(drop)) },
            async { kind(store.changes(None).await.map(drop)) },
            async { kind(store.material(id).await.map(drop)) },
            async { kind(store.lease(id).await.map(drop)) },
            async { kind(store.move_lease(id, 1, &move_to).await.map(drop)) },
            async { kind(store.commit_refresh(id, 9, material("x"), now()).await.map(drop)) },
            async { kind(store.append_log(&rows).await) },
            async { kind(store.request("x").await.map(drop)) },
            async { kind(store.heartbeat().await.map(drop)) },
            async { kind(store.adopt(now()).await) },
            async { kind(open(opened).await.map(drop)) },
        )
        .into();
        kinds
    };
    let kinds = tokio::time::timeout(LIMIT, calls).await;
    assert_eq!(kinds.expect("each call ends in time"), [Err("store_away"); 12]);
}

#[tokio::test]
async fn silent_server_is_away_in_time_and_back_at_once() {
    let behind = behind_a_proxy().await;
    for round in 0..2 {
        behind.proxy.freeze();
        all_away(&behind).await;
        behind.proxy.pass();
        let listed = tokio::time::timeout(LIMIT, behind.store.credentials()).await;
        assert_eq!(listed.unwrap().unwrap().len(), 1, "round {round}");
    }
    renewed(&behind.store, behind.id, 1, "b").await;
}

#[tokio::test]
async fn answer_received_while_the_server_is_away_is_kept_and_stored_later() {
    let behind = behind_a_proxy().await;
    let (store, id) = (&behind.store, behind.id);
    received(store, id, 1, "b").await;
    behind.proxy.cut();
    let commit = store.commit_refresh(id, 1, material("b"), now()).await;
    assert_eq!(commit.unwrap_err().kind(), "store_away");
    assert_eq!(
        store.offer_spills(None, now()).await.unwrap_err().kind(),
        "store_away"
    );
    behind.proxy.pass();
    assert_eq!(store.lease(id).await.unwrap().unwrap().phase, Phase::Sent);
    assert_eq!(
        store.offer_spills(None, now()).await.unwrap(),
        [(id, Commit::Stored(2))]
    );
    assert_eq!(store.lease(id).await.unwrap().unwrap().phase, Phase::Idle);
}

#[tokio::test]
async fn commit_whose_answer_is_lost_is_stored_once() {
    let behind = behind_a_proxy().await;
    let (store, id) = (&behind.store, behind.id);
    let mut stored = 1;
    // The connection breaks at another point of the transaction each time.
    for bytes in (1..900).step_by(50) {
        let next = material(&format!("at {bytes}"));
        behind.proxy.cut_after_to_client(bytes);
        let first = store.commit_refresh(id, stored, next.clone(), now()).await;
        behind.proxy.pass();
        let again = store
            .commit_refresh(id, stored, next.clone(), now())
            .await
            .unwrap();
        match first {
            Ok(commit) => assert_eq!(commit, Commit::Stored(stored + 1)),
            Err(error) => assert_eq!(error.kind(), "store_away", "{error}"),
        }
        assert!(again == Commit::Superseded || again == Commit::Stored(stored + 1));
        stored += 1;
        assert_eq!(
            store.material(id).await.unwrap(),
            (stored, next),
            "cut after {bytes}"
        );
    }
}

#[tokio::test]
async fn mark_whose_answer_is_lost_is_no_leave_to_send() {
    let behind = behind_a_proxy().await;
    let (store, id) = (&behind.store, behind.id);
    let attempt = Attempt::new(&OsRandom);
    assert!(step(store, id, 1, acquire(&attempt)).await);
    behind.proxy.drop_answers();
    let marked = store.move_lease(id, 1, &LeaseMove::Mark(attempt.clone())).await;
    assert_eq!(marked.unwrap_err().kind(), "store_away");
    behind.proxy.pass();
    behind.home.clock.advance(LEASE);
    let phase = store.lease(id).await.unwrap().unwrap().phase;
    assert!(matches!(phase, Phase::Leased | Phase::Sent));
    assert!(!step(store, id, 1, LeaseMove::Mark(attempt)).await);
}

#[tokio::test]
async fn server_that_restarts_is_away_and_back() {
    let server = server(options());
    let home = Home::at(&server.url("store"));
    let store = home.open().await;
    let id = first_login(&store).await;
    server.stop_immediate().unwrap();
    assert_eq!(store.material(id).await.unwrap_err().kind(), "store_away");
    server.restart().unwrap();
    assert_eq!(store.material(id).await.unwrap(), (1, material("a")));
    renewed(&store, id, 1, "b").await;
}
