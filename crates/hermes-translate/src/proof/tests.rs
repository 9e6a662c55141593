use pretty_assertions::assert_eq;

use super::{Issuer, Proof, ProofKind};

#[test]
fn proof_comes_back_byte_for_byte_to_its_issuer_and_to_nobody_else() {
    let (minter, other) = (Issuer::new("anthropic"), Issuer::new("minimax"));
    for kind in ProofKind::ALL {
        for data in ["", "Eq=+/", "a.b.c", "hz1.openai.enc.AAAA", "säge\u{0}"] {
            let proof = Proof::minted(&minter, kind, data);
            let back = Proof::read(&proof.wrapped(), ProofKind::Signature);
            assert_eq!(back, proof);
            assert_eq!(back.for_issuer(&minter, kind), Some(data));
            assert_eq!(back.for_issuer(&other, kind), None);
        }
    }
}

#[test]
fn bare_proof_is_of_nobody() {
    for text in [
        "EqQBCkYIARgC",
        "hz1.",
        "hz1.openai.enc",
        "hz1.openai.what.AAAA",
        "hz1.openai.enc.*",
    ] {
        let proof = Proof::read(text, ProofKind::Encrypted);
        assert_eq!((proof.issuer.clone(), proof.data.as_str()), (None, text));
        assert_eq!(
            proof.for_issuer(&Issuer::new("openai"), ProofKind::Encrypted),
            None
        );
        assert_eq!(proof.wrapped(), text);
    }
}

#[test]
fn wrapped_proofs_are_found_in_a_body() {
    let wrapped = Proof::minted(&Issuer::new("openai"), ProofKind::Encrypted, "x").wrapped();
    assert!(Proof::is_in(
        format!("{{\"signature\":\"{wrapped}\"}}").as_bytes()
    ));
    assert!(!Proof::is_in(b"{\"text\":\"about hz1. and others\"}"));
}
