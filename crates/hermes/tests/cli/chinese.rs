//! What a person who reads Chinese meets. Scripts meet the same English as everywhere.

use hermes_sim::{Sim, SimOptions};
use insta::assert_snapshot;
use serde_json::Value;

use crate::context::{Run, TestContext};

fn run(context: &TestContext, args: &[&str]) -> Run {
    context.run(&[args, &["--lang", "zh"][..]].concat())
}

/// A home with a key of DeepSeek, and nothing on its port.
fn one_key() -> TestContext {
    let context = TestContext::new().env("HERMES_LAB_HOSTS", "a.test=http://127.0.0.1:9");
    context.config("[gateway]\nlisten = \"127.0.0.1:1\"\n");
    context.add_key("deepseek", "工作", "sk-canary-work-1");
    context
}

#[test]
fn zh_help_of_the_program() {
    assert_snapshot!(run(&TestContext::new(), &["--help"]));
}

#[test]
fn zh_help_of_a_command_with_options() {
    assert_snapshot!(run(&TestContext::new(), &["auth", "add", "--help"]));
}

#[test]
fn zh_help_of_a_command_with_values() {
    assert_snapshot!(run(&TestContext::new(), &["usage", "--help"]));
}

#[test]
fn zh_help_of_the_dashboard() {
    assert_snapshot!(run(&TestContext::new(), &["dashboard", "--help"]));
}

#[test]
fn zh_refusals_of_the_command_line() {
    let context = TestContext::new();
    let told = [
        &["auth", "ad"][..],
        &["auth", "add"],
        &["auth", "priority", "x", "0"],
        &["usage", "--by", "kex"],
        &["usage", "--bz"],
        &["up", "--behind-proxy", "--tls-cert", "a", "--tls-key", "b"],
    ]
    .map(|args| run(&context, args).to_string());
    assert_snapshot!(told.join("\n\n"));
}

#[test]
fn zh_key_that_cannot_be_asked_for() {
    assert_snapshot!(run(&TestContext::new(), &["auth", "add", "deepseek"]));
}

#[test]
fn zh_list_and_status_of_accounts() {
    let context = one_key();
    assert_snapshot!(run(&context, &["auth", "list"]));
    assert_snapshot!(run(&context, &["auth", "status", "openrouter"]));
    context.run(&["auth", "disable", "工作"]);
    assert_snapshot!(run(&context, &["auth", "status", "deepseek"]));
}

#[test]
fn zh_overview_of_an_empty_home() {
    let context = TestContext::new().env("HERMES_LAB_HOSTS", "a.test=http://127.0.0.1:9");
    context.config("[gateway]\nlisten = \"127.0.0.1:1\"\n");
    assert_snapshot!(run(&context, &[]));
}

#[cfg(unix)]
#[test]
fn zh_doctor_of_a_home_that_others_can_enter() {
    use std::os::unix::fs::PermissionsExt as _;
    let context = TestContext::new();
    context.config("[gateway]\nlisten = \"256.0.0.1:1\"\n");
    assert_snapshot!(run(&context, &["doctor"]));
    context.config("[gateway]\nlisten = \"127.0.0.1:1\"\n");
    fs_err::set_permissions(context.home(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = run(&context, &["doctor"]);
    let lines: Vec<_> = run.stdout.lines().filter(|line| !line.contains("时钟")).collect();
    assert_snapshot!(lines.join("\n"));
}

#[test]
fn zh_client_keys_and_their_limits() {
    let context = TestContext::new();
    assert_snapshot!(run(&context, &["key", "list"]));
    context.json(&["key", "create", "笔记本", "--limit", "60", "--json"]);
    let list = run(&context, &["key", "list"]).stdout;
    let lines: Vec<_> = list.lines().collect();
    assert!(
        lines[0].starts_with("密钥         名称    创建时间    上次使用  状态  限制"),
        "{list}"
    );
    assert!(lines[1].contains("  笔记本  20"), "{list}");
    assert!(lines[1].ends_with("  从未      有效  每分钟 60 个请求"), "{list}");
}

#[test]
fn zh_usage_without_requests() {
    assert_snapshot!(run(&TestContext::new(), &["usage"]));
}

#[test]
fn zh_store_and_what_is_not_there() {
    let context = TestContext::new();
    assert_snapshot!(run(&context, &["store", "info"]));
    assert_snapshot!(run(&context, &["backup"]));
    assert_snapshot!(run(&context, &["explain", "nothing"]));
    assert_snapshot!(run(&context, &["chat", "-m", "nothing", "hello"]));
}

#[test]
fn zh_listener_that_other_machines_would_reach() {
    assert_snapshot!(run(&TestContext::new(), &["up", "--listen", "0.0.0.0:1"]));
}

#[test]
fn zh_provider_with_its_rule() {
    assert_snapshot!(run(&TestContext::new(), &["providers", "show", "minimax-oauth"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn zh_device_login_shows_each_step() {
    let sim = Sim::start(SimOptions::default()).await.unwrap();
    sim.person().approve_everything();
    let context = TestContext::new().env("HERMES_LAB_HOSTS", &sim.lab_hosts());
    let args = ["auth", "add", "minimax-oauth", "--label", "我的", "--no-browser"];
    let run = tokio::task::spawn_blocking(move || run(&context, &args));
    let run = run.await.unwrap();
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.stdout, "已登录 MiniMax (OAuth)，标签为“我的”\n");
    for told in [
        "正在登录 MiniMax (OAuth)（",
        "供其他程序使用：默许",
        "1. 在任意设备上打开 ",
        "2. 登录要使用的 MiniMax (OAuth) 账号，并输入此代码：",
        "仅当您刚刚亲自发起此登录时才可批准此代码。",
        "后失效。",
        "提示：已在 `",
        "下一步：运行 `hermes chat \"hello\"` 试用",
    ] {
        assert!(run.stderr.contains(told), "{told}: {run}");
    }
}

#[test]
fn language_comes_from_the_option_then_the_variable_then_the_locale() {
    let said = |context: TestContext, args: &[&str]| context.run(&[&["usage"], args].concat()).stderr;
    let (english, chinese) = ("No requests in that time.", "该时间段内没有请求。");
    let locale = || TestContext::new().env("LANG", "zh_CN.UTF-8");
    assert!(said(TestContext::new(), &[]).starts_with(english));
    assert!(said(locale(), &[]).starts_with(chinese));
    assert!(said(locale().env("LC_ALL", "C"), &[]).starts_with(english));
    assert!(said(locale().env("HERMES_LANG", "en"), &[]).starts_with(english));
    let chosen = TestContext::new().env("HERMES_LANG", "en");
    assert!(said(chosen, &["--lang", "zh"]).starts_with(chinese));
    let unspoken = TestContext::new().run(&["usage", "--lang", "fr"]);
    assert_eq!(unspoken.code, 2, "{unspoken}");
}

#[test]
fn scripts_get_english_in_every_language() {
    let context = one_key();
    for args in [
        &["auth", "list"][..],
        &["store", "info"],
        &["providers", "show", "deepseek"],
        &["auth", "strategy", "deepseek"],
        &["auth", "remove", "nothing"],
        &["explain", "nothing"],
        &["auth", "ad"],
        &["store", "adopt"],
    ] {
        let args = [args, &["--json"][..]].concat();
        let (english, chinese) = (context.run(&args), run(&context, &args));
        assert_eq!(english.to_string(), chinese.to_string(), "{args:?}");
        let said = if chinese.stdout.is_empty() {
            &chinese.stderr
        } else {
            &chinese.stdout
        };
        serde_json::from_str::<Value>(said).unwrap_or_else(|error| panic!("{args:?}: {error}: {chinese}"));
    }
}
