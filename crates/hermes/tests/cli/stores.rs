//! Stores, strategies and sources, without any network and without a database.

use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;

use crate::context::{TestContext, files};

const KEY: &str = "sk-canary-0123456789";
/// A database that is away at once.
const AWAY: &str = "postgres://me:canary-password@localhost/db?host=%2Fnowhere";

fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp").arg("-rp").arg(from).arg(to).status().unwrap();
    assert!(done.success());
}

fn bytes(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut all: Vec<_> = files(folder)
        .into_iter()
        .map(|path| (path.clone(), fs_err::read(&path).unwrap()))
        .collect();
    all.sort();
    all
}

#[test]
fn database_that_is_away_exits_8_and_names_the_setting() {
    let context = TestContext::new();
    context.config(&format!("[store]\nurl = \"{AWAY}\"\n"));
    assert_snapshot!(context.run(&["auth", "list"]), @r"
    exit 8
    --- stdout

    --- stderr
    error: the database `postgres:///nowhere/db` cannot be reached: No such file or directory (os error 2)
    help: Check the address in `config.toml line 2`, and that the server runs. Nothing can be served before it was reached once; a gateway that runs already goes on with the tokens it has.
    ");
    let run = context.run(&["up", "--listen", "127.0.0.1:0", "--json"]);
    assert_eq!(run.code, 8, "{run}");
    assert!(run.stderr.contains("store_away"), "{run}");
}

#[test]
fn password_on_the_command_line_is_warned_of_and_never_shown() {
    let context = TestContext::new();
    assert_snapshot!(context.run(&["--store", AWAY, "store", "info"]), @r"
    exit 8
    --- stdout

    --- stderr
    warning: other programs can read the password in `--store`; put the address into `HERMES_STORE` or `[store] url`, or the password into `~/.pgpass`
    error: the database `postgres:///nowhere/db` cannot be reached: No such file or directory (os error 2)
    help: Check the address in `--store`, and that the server runs. Nothing can be served before it was reached once; a gateway that runs already goes on with the tokens it has.
    ");
    let context = context.env("HERMES_STORE", AWAY);
    for args in [
        &["config", "show", "--origin"][..],
        &["config", "show", "--json"],
        &["store", "info", "--json"],
        &["doctor"],
        &["migrate", "--to", AWAY],
    ] {
        let run = context.run(args);
        assert!(!run.to_string().contains("canary-password"), "{run}");
    }
    let shown = context.run(&["config", "show", "--origin"]).stdout;
    let line = shown.lines().find(|line| line.starts_with("store.url")).unwrap();
    assert!(
        line.contains("\"postgres:///nowhere/db\"") && line.ends_with("HERMES_STORE"),
        "{shown}"
    );
}

#[test]
fn text_that_is_no_address_of_a_database_is_refused() {
    let context = TestContext::new();
    assert_snapshot!(context.run(&["--store", "mysql://me:canary@host/db", "auth", "list"]), @r"
    exit 2
    --- stdout

    --- stderr
    warning: other programs can read the password in `--store`; put the address into `HERMES_STORE` or `[store] url`, or the password into `~/.pgpass`
    error: `--store`: it is not an address such as `postgres://user@host/database`
    help: A store in a file needs no address: name its folder with `--home`.
    ");
    context.config("\n[store]\nurl = \"file:canary\"\n");
    assert_snapshot!(context.run(&["auth", "list"]), @r"
    exit 2
    --- stdout

    --- stderr
    error: `[folder]/home/config.toml` line 3: `url`: it is not an address such as `postgres://user@host/database`
    help: Correct the file, then see `hermes config show --origin`.
    ");
    assert_snapshot!(TestContext::new().run(&["migrate", "--to", "mysql://me@host/db"]), @r"
    exit 2
    --- stdout

    --- stderr
    error: `--to` takes an address such as `postgres://user@host/database`, or a folder
    ");
}

#[test]
fn home_without_a_store_is_told_as_such() {
    let context = TestContext::new();
    assert_snapshot!(context.run(&["store", "info"]), @r"
    exit 0
    --- stdout
    No store yet in [folder]/home
    --- stderr
    ");
    for args in [
        &["store", "check"][..],
        &["store", "adopt", "--yes"],
        &["migrate", "--to", "elsewhere"],
    ] {
        let run = context.run(args);
        assert_eq!(run.code, 1, "{run}");
        assert_eq!(
            run.stderr,
            "error: there is no store in `[folder]/home` yet\nhelp: It is made by the first `hermes auth add` or `hermes up`.\n"
        );
    }
    assert!(!context.home().exists());
}

#[test]
fn store_in_good_standing_is_described_and_every_read_leaves_its_bytes() {
    let context = TestContext::new();
    context.add_key("deepseek", "work", KEY);
    let before = bytes(&context.home());
    let info = context.run(&["store", "info"]);
    let lines = info
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    place [folder]/home/hermes.db
    kind a file of this machine
    id [id]
    schema 7
    protection logins are sealed with the key file `[folder]/home/config/store.key`, which only you can read; whoever copies both it and the store can use them
    standing good: tokens are renewed
    machine no name yet: nothing was renewed here
    logins 1
    client keys 0
    ");
    for args in [
        &["store", "info", "--json"][..],
        &["store", "check"],
        &["store", "adopt", "--yes"],
        &["auth", "list", "-v"],
        &["auth", "status", "-v", "--json"],
        &["auth", "strategy", "deepseek"],
        &["doctor"],
        &[],
    ] {
        let run = context.run(args);
        assert_eq!(run.code, 0, "{args:?}: {run}");
        assert_eq!(bytes(&context.home()), before, "{args:?}");
    }
}

#[test]
fn copy_of_a_home_is_told_everywhere_until_a_person_adopts_it() {
    let context = TestContext::new();
    context.add_key("deepseek", "work", KEY);
    let other = context.home().with_file_name("copy");
    copy(&context.home(), &other);
    let other = other.display().to_string();
    let run = |args: &[&str]| context.run(&[&["--home", &other], args].concat());
    for args in [&["store", "info"][..], &["doctor"], &[]] {
        let told = run(args).to_string();
        assert!(
            told.contains("it is a copy: the original was in `[folder]/home`")
                && told.contains("hermes store adopt"),
            "{told}"
        );
    }
    assert_eq!(run(&["store", "info", "--json"]).code, 0);
    assert_snapshot!(run(&["store", "adopt"]), @r"
    exit 3
    --- stdout

    --- stderr
    error: this store renews no token: it is a copy: the original was in `[folder]/home`, and nobody is here to say otherwise
    help: If no other store renews these logins any more, run it again with `--yes`.
    ");
    assert_eq!(run(&["token", "deepseek"]).stdout.trim(), KEY, "keys serve on");
    assert_snapshot!(run(&["store", "adopt", "--yes"]), @r"
    exit 0
    --- stdout

    --- stderr
    ✓ `[folder]/copy/hermes.db` is the store in use from now on
    ");
    assert!(
        run(&["store", "info"])
            .stdout
            .contains("good: tokens are renewed")
    );
    assert!(context.run(&["store", "info"]).stdout.contains("good"));
}

#[test]
fn store_that_is_whole_passes_its_check() {
    let context = TestContext::new();
    context.add_key("deepseek", "work", KEY);
    assert_snapshot!(context.run(&["store", "check"]), @r"
    exit 0
    --- stdout

    --- stderr
    ✓ Every secret of 1 login opens, and no row is damaged
    ");
    let check = context.json(&["store", "check", "--json"]);
    assert_eq!(check["whole"], true, "{check}");
}

#[test]
fn logins_move_to_a_new_home_and_the_old_one_says_where_they_are() {
    let context = TestContext::new();
    context.add_key("deepseek", "work", KEY);
    let key = context.json(&["key", "create", "laptop", "--json"]);
    assert_eq!(context.run(&["auth", "strategy", "deepseek", "weighted"]).code, 0);
    assert_eq!(context.run(&["auth", "weight", "work", "4"]).code, 0);
    assert_snapshot!(context.run(&["migrate", "--to", "moved"]), @r"
    exit 0
    --- stdout

    --- stderr
    ✓ Moved 1 login and 1 client key from `[folder]/home/hermes.db` to `[folder]/moved/hermes.db`, and read them back
    The old store is kept as it was and renews no token any more; logins that were only started stay behind.
    Next: Use it with `--home [folder]/moved` or `HERMES_HOME=[folder]/moved`, without a `[store] url`.
    ");
    let there = ["--home", "moved"];
    let run = |args: &[&str]| context.run(&[&there[..], args].concat());
    assert_eq!(run(&["token", "deepseek"]).stdout.trim(), KEY);
    assert!(run(&["auth", "strategy", "deepseek"]).stdout.contains("weighted"));
    assert!(run(&["auth", "list", "-v"]).stdout.contains("weight 4"));
    assert!(
        run(&["key", "list"])
            .stdout
            .contains(key["prefix"].as_str().unwrap_or("laptop"))
    );
    let left = context.run(&["store", "info"]);
    assert!(
        left.stdout
            .contains("its logins were moved to `[folder]/moved/hermes.db`"),
        "{left}"
    );
    assert_snapshot!(context.run(&["migrate", "--to", "third"]), @r"
    exit 8
    --- stdout

    --- stderr
    error: this store renews no token: its logins were moved to `[folder]/moved/hermes.db`, so its logins are not moved
    help: Use that store, with `[store] url` or `--home`. Only if it is gone for good, run `hermes store adopt`.
    ");
    assert_snapshot!(run(&["migrate", "--to", "home"]), @r"
    exit 2
    --- stdout

    --- stderr
    error: `[folder]/home/hermes.db` has logins of its own
    help: Name an empty one; nothing was changed.
    ");
    assert_snapshot!(run(&["migrate", "--to", "moved"]), @r"
    exit 2
    --- stdout

    --- stderr
    error: the logins are in that home already
    ");
    assert!(
        run(&["store", "info"])
            .stdout
            .contains("good: tokens are renewed")
    );
}

#[test]
fn strategy_is_shown_chosen_and_refused() {
    let context = TestContext::new();
    assert_snapshot!(context.run(&["auth", "strategy", "deepseek"]), @r"
    exit 0
    --- stdout
    deepseek: fill-first
    --- stderr
    The first account that can serve takes every request; the next one when it is spent.
    ");
    assert_snapshot!(context.run(&["auth", "strategy", "deepseek", "random"]), @r"
    exit 4
    --- stdout

    --- stderr
    error: no login for `deepseek` yet
    help: Sign in with `hermes auth add deepseek`.
    ");
    context.add_key("deepseek", "work", KEY);
    assert_snapshot!(context.run(&["auth", "strategy", "deepseek", "round_robin"]), @r"
    exit 0
    --- stdout

    --- stderr
    ✓ DeepSeek uses round-robin. Accounts take turns.
    ");
    assert_snapshot!(context.run(&["auth", "strategy", "deepseek", "fastest"]), @r"
    exit 2
    --- stdout

    --- stderr
    error: `fastest` is no strategy; known are fill-first, round-robin, least-used, random, weighted
    ");
    assert_snapshot!(context.run(&["auth", "weight", "work", "3"]), @r"
    exit 0
    --- stdout

    --- stderr
    ✓ `deepseek:work` has the weight 3
    note: weights count once you run `hermes auth strategy deepseek weighted`
    ");
    assert_eq!(context.run(&["auth", "weight", "work", "0"]).code, 2);
    let shown = context.json(&["auth", "strategy", "deepseek", "--json"]);
    assert_eq!(
        (&shown["strategy"], &shown["changed"]),
        (&"round-robin".into(), &false.into())
    );
    let list = context.json(&["auth", "list", "-v", "--json"]);
    let row = &list["credentials"][0];
    assert_eq!(
        (&row["strategy"], &row["weight"], &row["renewal"]),
        (&"round-robin".into(), &3.into(), &serde_json::Value::Null)
    );
    let kinds: Vec<_> = row["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["weight", "login"], "newest first");
}

#[test]
fn removed_variable_is_not_offered_again_until_it_is_adopted() {
    let context = TestContext::new().env("DEEPSEEK_API_KEY", KEY);
    let found = |context: &TestContext| {
        let list = context.json(&["auth", "list", "--json"]);
        list["found"].as_array().unwrap().len()
    };
    let adopt = [
        "auth",
        "add",
        "deepseek",
        "--from-env",
        "DEEPSEEK_API_KEY",
        "--label",
        "env",
        "--no-verify",
    ];
    assert_eq!(found(&context), 1);
    assert_eq!(context.run(&adopt).code, 0);
    assert_eq!(found(&context), 0, "it is in use");
    assert_snapshot!(context.run(&["auth", "remove", "env"]), @r"
    exit 0
    --- stdout

    --- stderr
    ✓ Removed `deepseek:env` from this machine
    note: `DEEPSEEK_API_KEY` is not offered again; `hermes auth add deepseek --from-env DEEPSEEK_API_KEY` takes it back
    ");
    assert_eq!(found(&context), 0, "it was removed");
    assert_eq!(
        context.run(&["token", "deepseek"]).code,
        4,
        "it is used by nobody"
    );
    assert_eq!(context.run(&adopt).code, 0);
    context.add_key("deepseek", "other", "sk-other-0123456789");
    assert_eq!(context.run(&["auth", "remove", "other"]).code, 0);
    assert_eq!(context.run(&["auth", "logout", "deepseek"]).code, 0);
    assert_eq!(found(&context), 0, "a logout removes it, too");
}

#[test]
fn backup_file_is_not_put_into_a_database() {
    let context = TestContext::new().env("HERMES_STORE", AWAY);
    assert_snapshot!(context.run(&["restore", "copy.db", "--replace"]), @r"
    exit 2
    --- stdout

    --- stderr
    error: `postgres:///nowhere/db` is a database, and a backup file is not put into one
    help: Restore it into a home (leave out `HERMES_STORE`), then `hermes migrate --to` an empty database.
    ");
    assert!(!context.home().exists());
}
