use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::{Brake, bearer};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[test]
fn bearer_scheme_is_read_in_any_case() {
    assert_eq!(bearer("Bearer abc"), Some("abc"));
    assert_eq!(bearer("bearer  abc "), Some("abc"));
    assert_eq!(bearer("Basic abc"), None);
    assert_eq!(bearer("abc"), None);
}

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
