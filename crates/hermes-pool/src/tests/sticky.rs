use hermes_core::CredentialId;

use crate::choice::sticky::Sticky;

#[test]
fn table_is_bounded_and_keeps_what_was_heard_of_last() {
    let sticky = Sticky::default();
    let id = CredentialId::named("one");
    // Spread over the shards by a constant with well mixed bits.
    let key = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for number in 1..200_000 {
        sticky.put(key(number), id);
        sticky.put(key(1), id);
    }
    assert!(sticky.held() <= 65_536, "{}", sticky.held());
    assert!(sticky.held() > 32_768, "{}", sticky.held());
    assert_eq!(sticky.get(key(1)), Some(id));
    assert_eq!(sticky.get(key(199_999)), Some(id));
    assert_eq!(sticky.get(key(2)), None);
}
