//! A store that is not what it was: a clear error with exit 8, and not one byte changed.

use std::os::unix::fs::PermissionsExt;

use crate::harness::Lab;

async fn signed_in() -> Lab {
    let lab = Lab::new().await;
    let done = lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    lab
}

async fn refused_unchanged(lab: &Lab, what: &str) {
    let before = lab.files();
    for args in [
        &["auth", "status"][..],
        &["auth", "add", "deepseek", "--api-key-stdin", "--no-verify"],
    ] {
        let done = lab.run_with_input(args, "sk-0123456789abcdef").await;
        assert_eq!(done.code, 8, "{what}: {args:?}: {done:?}");
        assert!(done.stderr.contains("help:"), "{what}: {done:?}");
        assert!(!done.stderr.contains("panic"), "{what}: {done:?}");
    }
    assert!(lab.files() == before, "{what}: a file was changed");
}

#[tokio::test]
async fn truncated_store_is_refused_unchanged() {
    let lab = signed_in().await;
    let path = lab.home().join("hermes.db");
    let whole = fs_err::read(&path).expect("the store");
    for step in 0..50 {
        let length = whole.len() * step / 50;
        fs_err::write(&path, &whole[..length]).expect("written");
        refused_unchanged(&lab, &format!("cut to {length} bytes")).await;
    }
    fs_err::write(&path, &whole).expect("written");
    assert_eq!(lab.run(&["auth", "status"]).await.code, 0);
}

#[tokio::test]
async fn store_with_a_flipped_byte_is_refused_unchanged() {
    let lab = signed_in().await;
    let path = lab.home().join("hermes.db");
    let whole = fs_err::read(&path).expect("the store");
    for step in 0..50 {
        let at = whole.len() * step / 50 + step;
        let mut broken = whole.clone();
        broken[at] ^= 0x40;
        fs_err::write(&path, &broken).expect("written");
        refused_unchanged(&lab, &format!("byte {at} flipped")).await;
    }
}

#[tokio::test]
async fn store_that_others_may_read_is_refused() {
    let lab = signed_in().await;
    let path = lab.home().join("hermes.db");
    fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("chmod");
    refused_unchanged(&lab, "mode 644").await;
}

#[tokio::test]
async fn store_of_another_owner_is_refused() {
    let lab = signed_in().await;
    let path = lab.home().join("hermes.db");
    // Only root can give a file away; elsewhere the folder's mode is the same kind of fault.
    if std::os::unix::fs::chown(&path, Some(65_534), None).is_err() {
        fs_err::set_permissions(lab.home(), std::fs::Permissions::from_mode(0o777)).expect("chmod");
    }
    refused_unchanged(&lab, "another owner").await;
}

#[tokio::test]
async fn missing_key_is_refused_where_a_secret_is_needed() {
    let lab = signed_in().await;
    let keys: Vec<_> = lab
        .files()
        .into_iter()
        .filter(|(path, _)| path.ends_with("store.key"))
        .collect();
    assert_eq!(
        keys.len(),
        1,
        "the key file is in force in a home without a keyring"
    );
    for change in [None, Some(vec![7_u8; keys[0].1.len()])] {
        match change {
            None => fs_err::remove_file(&keys[0].0).expect("removed"),
            Some(bytes) => {
                fs_err::write(&keys[0].0, bytes).expect("written");
                fs_err::set_permissions(&keys[0].0, std::fs::Permissions::from_mode(0o600)).expect("chmod");
            }
        }
        let before = lab.files();
        let done = lab.run(&["token", "minimax-oauth"]).await;
        assert_eq!(done.code, 8, "{done:?}");
        assert!(lab.files() == before, "a file was changed");
    }
}

#[tokio::test]
async fn newer_schema_is_refused_unchanged() {
    let lab = signed_in().await;
    let path = lab.home().join("hermes.db");
    let mut bytes = fs_err::read(&path).expect("the store");
    // Bytes 60 to 63 of an SQLite file are its user version.
    bytes[60..64].copy_from_slice(&9999_u32.to_be_bytes());
    fs_err::write(&path, &bytes).expect("written");
    refused_unchanged(&lab, "schema 9999").await;
}
