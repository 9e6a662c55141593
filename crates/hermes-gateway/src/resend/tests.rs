use std::time::Duration;

use bytes::Bytes;
use http::Response;

use super::{MOST, PAUSE, Resend, STANDS};

fn refusal(status: u16) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(b"no"));
    *response.status_mut() = status.try_into().unwrap();
    response
}

#[test]
fn same_bytes_get_the_same_refusal_for_a_while() {
    let (resend, now) = (Resend::default(), Duration::from_secs(100));
    assert!(resend.known(None, "/v1/messages", b"a", now).is_none());
    resend.note(None, "/v1/messages", b"a", &refusal(403), now);
    let known = |path: &str, body: &[u8], now: Duration| {
        resend
            .known(None, path, body, now)
            .map(|one| one.status().as_u16())
    };
    assert_eq!(known("/v1/messages", b"a", now), Some(403));
    assert_eq!(known("/v1/messages", b"b", now), None);
    assert_eq!(known("/v1/responses", b"a", now), None);
    assert_eq!(known("/v1/messages", b"a", now + STANDS), None);
}

#[test]
fn what_may_change_by_itself_is_not_kept() {
    let (resend, now) = (Resend::default(), Duration::ZERO);
    for status in [200, 401, 402, 408, 409, 429, 500, 504] {
        resend.note(None, "/v1/messages", b"a", &refusal(status), now);
        assert!(
            resend.known(None, "/v1/messages", b"a", now).is_none(),
            "{status}"
        );
    }
}

#[test]
fn memory_is_bounded_and_the_oldest_goes_first() {
    let (resend, now) = (Resend::default(), Duration::ZERO);
    for number in 0..=MOST {
        resend.note(None, "/v1/messages", &number.to_be_bytes(), &refusal(400), now);
    }
    assert!(
        resend
            .known(None, "/v1/messages", &0_usize.to_be_bytes(), now)
            .is_none()
    );
    assert!(
        resend
            .known(None, "/v1/messages", &MOST.to_be_bytes(), now)
            .is_some()
    );
}

#[test]
fn order_of_members_does_not_make_another_request() {
    let (resend, now) = (Resend::default(), Duration::ZERO);
    resend.note(None, "/", br#"{"a":1,"b":2}"#, &refusal(403), now);
    assert!(resend.known(None, "/", br#"{"b":2,"a":1}"#, now).is_some());
    assert!(resend.known(None, "/", br#"{"b":1,"a":2}"#, now).is_none());
}

#[test]
fn overload_stands_for_moments_that_grow() {
    let (resend, mut now) = (Resend::default(), Duration::from_secs(100));
    let known = |now: Duration| resend.known(None, "/", b"a", now).is_some();
    for milliseconds in [500, 1000, 2000, 4000, 4000] {
        resend.note(None, "/", b"a", &refusal(529), now);
        assert!(known(now + Duration::from_millis(milliseconds - 1)));
        now += Duration::from_millis(milliseconds);
        assert!(!known(now), "{milliseconds}");
    }
    now += STANDS;
    resend.note(None, "/", b"a", &refusal(503), now);
    assert!(!known(now + PAUSE), "it is forgotten after a while");
}

#[test]
fn refusal_after_an_overload_stands_as_any_other() {
    let resend = Resend::default();
    resend.note(None, "/", b"a", &refusal(529), Duration::ZERO);
    resend.note(None, "/", b"a", &refusal(403), PAUSE);
    let known = resend.known(None, "/", b"a", STANDS);
    assert_eq!(known.map(|one| one.status().as_u16()), Some(403));
}
