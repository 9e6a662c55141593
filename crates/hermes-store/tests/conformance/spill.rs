//! Received tokens on their way into the database.

use std::path::PathBuf;
use std::time::Duration;

use hermes_core::{CredentialId, Explain};
use hermes_store::{Attempt, Commit};

use crate::lease::{Stage, new_attempt, stage};
use crate::support::{Home, login, material, now};

const DAY: Duration = Duration::from_hours(24);

impl Stage {
    fn path(&self, attempt: &Attempt) -> PathBuf {
        self.home.file("spill").join(attempt.as_str())
    }

    async fn keep(&self, id: CredentialId, attempt: &Attempt, generation: u64, name: &str) {
        let (now, material) = (self.home.clock.right(), material(name));
        let kept = self.store.spill(id, generation, attempt, &material, now);
        kept.await.unwrap();
    }

    /// Makes room, and keeps an answer there.
    async fn received(&self, generation: u64, name: &str) -> Attempt {
        let attempt = new_attempt();
        self.store.prepare_spill(&attempt).await.unwrap();
        self.keep(self.id, &attempt, generation, name).await;
        attempt
    }

    async fn offer(&self) -> Vec<Commit> {
        let outcomes = self
            .store
            .offer_spills(None, self.home.clock.right())
            .await
            .unwrap();
        outcomes.into_iter().map(|(_, commit)| commit).collect()
    }
}

pub(crate) async fn prepare_spill_makes_private_room(home: Home) {
    let stage = stage(home).await;
    let attempt = new_attempt();
    assert_eq!(stage.offer().await, []);
    stage.store.prepare_spill(&attempt).await.unwrap();
    let path = stage.path(&attempt);
    let bytes = fs_err::read(&path).unwrap();
    assert!(bytes.len() >= 64 * 1024 && bytes.iter().all(|byte| *byte == 0));
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let metadata = fs_err::metadata(&path).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o7777, 0o600);
        assert!(
            metadata.blocks() * 512 >= 64 * 1024,
            "the room is there, not promised"
        );
        let folder = fs_err::metadata(path.parent().unwrap()).unwrap();
        assert_eq!(folder.permissions().mode() & 0o7777, 0o700);
    }
    assert_eq!(stage.offer().await, [], "no answer has come");
    stage.store.settle_spill(&attempt, false).await.unwrap();
    assert!(!path.exists());
}

pub(crate) async fn spill_holds_no_secret_in_the_clear(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.received(1, "spilled").await;
    let bytes = fs_err::read(stage.path(&attempt)).unwrap();
    let found = bytes.windows(6).any(|window| window == b"canary");
    assert!(!found && bytes.starts_with(b"{"));
}

pub(crate) async fn offered_token_is_committed_by_its_generation_once(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.received(1, "kept").await;
    assert_eq!(stage.offer().await, [Commit::Stored(2)]);
    assert_eq!(
        stage.store.material(stage.id).await.unwrap(),
        (2, material("kept"))
    );
    // A server may lose the commit, so its nodes offer the answer again for a day.
    let again: &[Commit] = if stage.home.is_on_server() {
        &[Commit::Superseded]
    } else {
        &[]
    };
    for _ in 0..2 {
        assert_eq!(stage.offer().await, again);
        assert_eq!(stage.path(&attempt).exists(), stage.home.is_on_server());
    }
    assert_eq!(stage.store.material(stage.id).await.unwrap().0, 2);
    stage.home.clock.advance(DAY);
    assert_eq!(stage.offer().await, again);
    stage.home.clock.advance(Duration::from_millis(1));
    assert_eq!(stage.offer().await, again);
    assert!(!stage.path(&attempt).exists());
    assert_eq!(stage.offer().await, []);
}

pub(crate) async fn offered_token_that_came_too_late_is_dropped(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.received(1, "old").await;
    stage.store.save_login(login("a"), now()).await.unwrap();
    assert_eq!(stage.offer().await, [Commit::Superseded]);
    assert_eq!(stage.store.material(stage.id).await.unwrap(), (2, material("a")));
    assert_eq!(stage.path(&attempt).exists(), stage.home.is_on_server());
}

pub(crate) async fn offered_token_of_a_removed_login_is_dropped(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.received(1, "old").await;
    stage.store.remove(stage.id, now()).await.unwrap();
    assert_eq!(stage.offer().await, [Commit::Gone]);
    assert_eq!(stage.path(&attempt).exists(), stage.home.is_on_server());
}

pub(crate) async fn offered_tokens_come_in_the_order_of_generations(home: Home) {
    let stage = stage(home).await;
    for generation in (1..6).rev() {
        stage.received(generation, &format!("g{}", generation + 1)).await;
    }
    let all: Vec<Commit> = (2..7).map(Commit::Stored).collect();
    assert_eq!(stage.offer().await, all);
    assert_eq!(stage.store.material(stage.id).await.unwrap(), (6, material("g6")));
}

pub(crate) async fn settled_spill_is_gone_from_a_file_and_stays_a_day_for_a_server(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.received(1, "b").await;
    let commit = stage.store.commit_refresh(stage.id, 1, material("b"), now());
    assert_eq!(commit.await.unwrap(), Commit::Stored(2));
    stage.store.settle_spill(&attempt, true).await.unwrap();
    assert_eq!(stage.path(&attempt).exists(), stage.home.is_on_server());
}

pub(crate) async fn spill_survives_the_process(home: Home) {
    let first = stage(home).await;
    first.received(1, "kept").await;
    let home = first.home.same();
    let id = first.id;
    first.store.close().await.unwrap();
    drop(first);
    let second = Stage {
        store: home.open().await,
        home,
        id,
    };
    assert_eq!(second.offer().await, [Commit::Stored(2)]);
}

pub(crate) async fn torn_spill_is_skipped_and_loses_no_other(home: Home) {
    let stage = stage(home).await;
    let other = stage
        .store
        .save_login(login("b"), now())
        .await
        .unwrap()
        .credential
        .id;
    let good = stage.received(1, "good").await;
    let whole = fs_err::read(stage.path(&good)).unwrap();
    let line = whole.iter().position(|byte| *byte == b'\n').unwrap();
    let mut torn = Vec::new();
    for cut in [1, line / 2, line, line + 1, line + 20] {
        let attempt = new_attempt();
        stage.store.prepare_spill(&attempt).await.unwrap();
        fs_err::write(stage.path(&attempt), &whole[..cut]).unwrap();
        torn.push(attempt);
    }
    // One answer under the name of another attempt, and one of a generation that it is not.
    let moved = new_attempt();
    stage.store.prepare_spill(&moved).await.unwrap();
    fs_err::write(stage.path(&moved), &whole).unwrap();
    let forged = stage.received(1, "forged").await;
    let text = fs_err::read(stage.path(&forged)).unwrap();
    let place = text
        .windows(14)
        .position(|window| window == b"\"generation\":1")
        .unwrap();
    let mut text = text;
    text[place + 13] = b'2';
    fs_err::write(stage.path(&forged), text).unwrap();
    torn.extend([moved, forged]);
    stage.keep(other, &new_attempt(), 1, "other").await;
    assert_eq!(stage.offer().await, [Commit::Stored(2), Commit::Stored(2)]);
    assert_eq!(
        stage.store.material(stage.id).await.unwrap(),
        (2, material("good"))
    );
    assert_eq!(stage.store.material(other).await.unwrap(), (2, material("other")));
    assert!(
        torn.iter().all(|attempt| stage.path(attempt).exists()),
        "nothing that cannot be read is removed"
    );
}

pub(crate) async fn spill_of_another_store_is_left_alone(home: Home) {
    let first = stage(home).await;
    let second = stage(Home::new()).await;
    let attempt = first.received(1, "mine").await;
    second.store.prepare_spill(&attempt).await.unwrap();
    fs_err::copy(first.path(&attempt), second.path(&attempt)).unwrap();
    second.home.clock.advance(DAY * 9);
    assert_eq!(second.offer().await, []);
    let bytes = |stage: &Stage| fs_err::read(stage.path(&attempt)).unwrap();
    assert_eq!(bytes(&first), bytes(&second));
    assert_eq!(first.offer().await, [Commit::Stored(2)]);
}

pub(crate) async fn damaged_row_keeps_no_other_token_waiting(home: Home) {
    let stage = stage(home).await;
    let other = stage
        .store
        .save_login(login("b"), now())
        .await
        .unwrap()
        .credential
        .id;
    stage.received(1, "first").await;
    stage.keep(other, &new_attempt(), 1, "other").await;
    stage
        .home
        .sql("UPDATE credential SET billing = 'nonsense' WHERE subject = 'a'")
        .await;
    assert_eq!(stage.offer().await, [Commit::Stored(2)]);
    assert_eq!(stage.store.material(other).await.unwrap(), (2, material("other")));
    stage
        .home
        .sql("UPDATE credential SET billing = '\"subscription\"' WHERE subject = 'a'")
        .await;
    assert!(stage.offer().await.contains(&Commit::Stored(2)));
    assert_eq!(
        stage.store.material(stage.id).await.unwrap(),
        (2, material("first"))
    );
}

pub(crate) async fn empty_room_that_nobody_used_goes_after_a_day(home: Home) {
    let stage = stage(home).await;
    let attempt = new_attempt();
    stage.store.prepare_spill(&attempt).await.unwrap();
    // The file's own time is the system's.
    let clock = hermes_core::SystemClock::new();
    let today = hermes_core::Clock::now(&clock);
    stage.store.offer_spills(None, today.plus(DAY / 2)).await.unwrap();
    assert!(stage.path(&attempt).exists());
    stage
        .store
        .offer_spills(None, today.plus(DAY + DAY))
        .await
        .unwrap();
    assert!(!stage.path(&attempt).exists());
}

pub(crate) async fn spill_in_a_place_that_is_not_safe_is_refused(home: Home) {
    let stage = stage(home).await;
    #[cfg(unix)]
    {
        let attempt = new_attempt();
        stage.store.prepare_spill(&new_attempt()).await.unwrap();
        let elsewhere = stage.home.root().join("elsewhere");
        fs_err::write(&elsewhere, "x").unwrap();
        fs_err::os::unix::fs::symlink(&elsewhere, stage.path(&attempt)).unwrap();
        let material = material("b");
        let kept = stage.store.spill(stage.id, 1, &attempt, &material, now());
        assert_eq!(kept.await.unwrap_err().kind(), "store_unsafe");
        assert!(stage.store.prepare_spill(&attempt).await.is_err());
        assert_eq!(fs_err::read(&elsewhere).unwrap(), b"x");
    }
}
