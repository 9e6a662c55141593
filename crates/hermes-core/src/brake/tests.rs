use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::Brake;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[test]
fn brake_at_its_limit_holds_and_one_more_does_not() {
    let brake = Brake::new(20);
    for _ in 0..20 {
        assert_eq!(brake.failed(HERE, Duration::ZERO), None);
    }
    assert_eq!(
        brake.failed(HERE, Duration::from_secs(20)),
        Some(Duration::from_secs(40))
    );
    let other = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    assert_eq!(brake.failed(other, Duration::from_secs(20)), None);
    assert_eq!(brake.failed(HERE, Duration::from_mins(1)), None);
}

#[test]
fn brake_with_endless_addresses_stays_bounded() {
    let brake = Brake::new(1);
    for number in 0..10_000 {
        brake.failed(IpAddr::V4(Ipv4Addr::from_bits(number)), Duration::ZERO);
    }
    assert!(brake.windows.lock().unwrap().len() <= super::ADDRESSES);
}

#[test]
fn used_up_tries_hold_until_the_minute_ends() {
    let brake = Brake::new(2);
    let at = Duration::from_secs;
    assert_eq!(brake.held(HERE, at(0)), None);
    brake.failed(HERE, at(0));
    assert_eq!(brake.held(HERE, at(1)), None);
    brake.failed(HERE, at(1));
    assert_eq!(brake.held(HERE, at(20)), Some(at(40)));
    assert_eq!(brake.held(HERE, at(60)), None);
}

#[test]
fn addresses_of_one_subscriber_count_as_one() {
    let brake = Brake::new(1);
    let failed = |text: &str| brake.failed(text.parse().unwrap(), Duration::ZERO).is_some();
    assert!(!failed("2001:db8:0:1::1"));
    assert!(failed("2001:db8:0:1:ffff::2"));
    assert!(!failed("2001:db8:0:2::1"));
    assert!(!failed("::ffff:192.0.2.1"));
    assert!(failed("192.0.2.1"));
    assert!(!failed("::ffff:192.0.2.2"));
}
