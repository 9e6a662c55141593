use std::time::Duration;

use crate::{Clock, CredentialId, LabClock, OsRandom, RequestId, Secret, UnixMs};

#[test]
fn secret_debug_shows_nothing() {
    let secret = Secret::from("canary-4711");
    assert_eq!(format!("{secret:?}"), "[redacted]");
    assert_eq!(secret.expose(), "canary-4711");
}

#[test]
fn unix_ms_arithmetic_stays_inside_the_calendar() {
    assert_eq!(UnixMs::from_millis(-5).as_millis(), 0);
    assert_eq!(UnixMs::MAX.plus(Duration::from_secs(1)), UnixMs::MAX);
    assert_eq!(UnixMs::from_millis(5).minus(Duration::MAX).as_millis(), 0);
    assert_eq!(
        UnixMs::from_millis(5).since(UnixMs::from_millis(9)),
        Duration::ZERO
    );
}

#[test]
fn ids_made_later_sort_later() {
    let early = RequestId::new(UnixMs::from_millis(1_000), &OsRandom);
    let late = RequestId::new(UnixMs::from_millis(2_000), &OsRandom);
    assert!(early < late);
    assert_eq!(early.to_string().parse::<RequestId>().unwrap(), early);
}

#[tokio::test]
async fn lab_clock_shifts_and_speeds_up() {
    let clock = LabClock::parse("+3600s,x1000").unwrap();
    let before = clock.monotonic();
    clock.sleep(Duration::from_secs(2)).await;
    assert!(clock.monotonic().saturating_sub(before) >= Duration::from_secs(2));
    for wrong in ["", "3600", "+s", "+1s,x0", "+1s,x20000", "+1s,x2@", "1h"] {
        assert!(LabClock::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn lab_clocks_with_one_anchor_agree() {
    let first = LabClock::parse("+60s,x100@1795000000000").unwrap();
    let second = LabClock::parse("+60s,x100@1795000000000").unwrap();
    let apart = second.now().since(first.now());
    assert!(apart < Duration::from_secs(100), "{apart:?}");
    assert!(first.now() > UnixMs::from_millis(1_795_000_060_000));
}

#[test]
fn named_id_is_the_same_for_one_name_and_no_time_ordered_one() {
    let id = CredentialId::named("custom:lab");
    assert_eq!(id, CredentialId::named("custom:lab"));
    assert_ne!(id, CredentialId::named("custom:lab2"));
    assert_eq!(&id.simple()[12..13], "8");
}
