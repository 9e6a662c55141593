//! `hermes providers`, `config show` and bare `hermes`.

messages! {
    /// Column.
    head_provider { en: "PROVIDER", zh: "提供商" }
    /// Column.
    head_name { en: "NAME", zh: "名称" }
    /// Column.
    head_ways { en: "SIGN IN WITH", zh: "登录方式" }
    /// Column.
    head_summary { en: "SUMMARY", zh: "简介" }
    /// The method that is taken without a word.
    default_method { en: " (default)", zh: "（默认）" }
    /// A method: its id, its name, its kind.
    method(id: &str, name: &str, kind: &str) { en: "{id}: {name}, {kind}", zh: "{id}：{name}，{kind}" }
    /// How to sign in.
    sign_in(provider: &str) { en: "Sign in with `hermes auth add {provider}`.", zh: "请用 `hermes auth add {provider}` 登录。" }
    /// Row.
    also_called { en: "also called", zh: "别名" }
    /// Row.
    billing { en: "billing", zh: "计费方式" }
    /// Row.
    regions { en: "regions", zh: "区域" }
    /// A region.
    region(id: &str, name: &str) { en: "{id} ({name})", zh: "{id}（{name}）" }
    /// Row.
    variables { en: "key variables", zh: "密钥变量" }
    /// Row.
    default_model { en: "default model", zh: "默认模型" }
    /// Row.
    docs { en: "docs", zh: "文档" }
    /// Row.
    setting { en: "setting", zh: "设置" }
    /// A setting with its place.
    setting_from(setting: &str, origin: &str) { en: "{setting} ({origin})", zh: "{setting}（{origin}）" }
    /// A setting that is not followed.
    setting_ignored(setting: &str, origin: &str, why: &str) { en: "{setting} ({origin}, ignored: {why})", zh: "{setting}（{origin}，已忽略：{why}）" }
    /// A rule's class, and when it was read.
    rule(class: &str, date: &str) { en: "Use by other programs: {class} (read {date})", zh: "供其他程序使用：{class}（查阅于 {date}）" }
    /// Where the rule was read.
    rule_source(source: &str) { en: "Source: {source}", zh: "来源：{source}" }

    /// Column.
    head_setting { en: "SETTING", zh: "设置项" }
    /// Column.
    head_value { en: "VALUE", zh: "值" }
    /// Column.
    head_origin { en: "ORIGIN", zh: "来源" }
    /// Row of the overview.
    logins { en: "Logins", zh: "账号" }
    /// None.
    none_yet { en: "none yet", zh: "尚无" }
    /// Row of the overview.
    gateway { en: "Gateway", zh: "网关" }
    /// It runs.
    listens(address: &str) { en: "something listens on {address}", zh: "有程序正在监听 {address}" }
    /// It does not.
    would_listen(address: &str) { en: "not running; it would listen on {address}", zh: "未运行；启动后将监听 {address}" }
    /// Row of the overview.
    keys { en: "Keys", zh: "密钥" }
    /// Row of the overview.
    home { en: "Home", zh: "主目录" }
    /// Row of the overview.
    store { en: "Store", zh: "存储" }
    /// Row of the overview.
    next { en: "Next", zh: "下一步" }
    /// What a command shows.
    what_providers { en: "what you can sign in to", zh: "查看可登录的提供商" }
    /// What a command shows.
    what_drill { en: "watch a login without an account", zh: "无需账号，观看一次登录" }
}
