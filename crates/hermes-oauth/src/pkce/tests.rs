use hermes_core::OsRandom;

use super::{matches_hash, random_text, s256, same};

#[test]
fn s256_of_rfc_7636_appendix_b_gives_its_challenge() {
    assert_eq!(
        s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}

#[test]
fn random_text_is_43_unreserved_characters_and_never_repeats() {
    let (one, two) = (random_text(&OsRandom), random_text(&OsRandom));
    assert_eq!(one.expose().len(), 43);
    assert!(
        one.expose()
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    );
    assert_ne!(one.expose(), two.expose());
}

#[test]
fn comparisons_tell_equal_from_different() {
    assert!(matches_hash("abc", &s256("abc")));
    assert!(!matches_hash("abd", &s256("abc")));
    assert!(same("x", "x"));
    assert!(!same("x", "xy"));
}
