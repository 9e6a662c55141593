//! A copied home serves, and renews nothing until a person says that it is the one in use.

use pretty_assertions::assert_eq;

use super::{Custody, Kind, PROVIDER, copy_folder};
use crate::harness::ended;

#[tokio::test]
async fn copy_of_a_home_makes_no_call_and_says_why_until_it_is_adopted() {
    let custody = Custody::new(Kind::File).await;
    custody.sign_in().await;
    let copy = custody.lab.home().with_file_name("copy");
    copy_folder(&custody.lab.home(), &copy);
    let in_copy = |args: &[&str], shift: u64| {
        let mut command = custody.command(args, shift);
        command.env("HERMES_HOME", &copy);
        ended(command)
    };
    // The token that is still good is served.
    assert_eq!(in_copy(&["token", PROVIDER], 0).await.code, 0);
    let renewed = custody.run(&["token", PROVIDER], 10_000).await;
    assert_eq!(renewed.code, 0, "{renewed:?}");
    let calls = custody.refreshes();
    assert_eq!(calls, 1);

    let refused = in_copy(&["token", PROVIDER], 10_000).await;
    assert_eq!(refused.code, 8, "{refused:?}");
    for part in ["copy", "hermes store adopt"] {
        assert!(refused.stderr.contains(part), "{part}: {refused:?}");
    }
    for args in [
        &["auth", "list"][..],
        &["auth", "status"],
        &["doctor"],
        &["store", "info"],
        &[],
    ] {
        let done = in_copy(args, 10_000).await;
        let text = done.stdout.clone() + &done.stderr;
        assert!(
            args.first() != Some(&"doctor") || text.contains("copy"),
            "{args:?}: {text}"
        );
    }
    assert_eq!(custody.refreshes(), calls, "the copy makes no call");

    let adopted = in_copy(&["store", "adopt", "--yes"], 10_000).await;
    assert_eq!(adopted.code, 0, "{adopted:?}");
    // The issuer's clock is not put forward, so its code lives for a span.
    custody.sim().script().code_expiry(600.into());
    // The original has spent the token meanwhile, as the adopting person was told; a new sign-in makes the copy whole.
    let again = in_copy(
        &["auth", "add", PROVIDER, "--no-browser", "--label", "again"],
        10_000,
    )
    .await;
    assert_eq!(again.code, 0, "{again:?}");
    let renewed = in_copy(&["auth", "refresh", "again"], 10_000).await;
    assert_eq!(renewed.code, 0, "{renewed:?}");
}
