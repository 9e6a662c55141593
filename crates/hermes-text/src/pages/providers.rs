//! The page of providers.

messages! {
    /// The search field.
    search { en: "Search providers", zh: "搜索提供商" }
    /// Nothing fits the search.
    no_match { en: "No provider has that name.", zh: "没有匹配的提供商。" }
    /// What to do then.
    no_match_next { en: "Any endpoint of your own can be added in `config.toml` under `[endpoints]`.", zh: "可以在 `config.toml` 的 `[endpoints]` 中添加您自己的端点。" }
    /// Logins that were started and not finished.
    pending { en: "Sign-ins under way", zh: "进行中的登录" }
    /// Opens one of them again.
    resume { en: "Go on", zh: "继续登录" }
    /// Group.
    signed_in { en: "Signed in", zh: "已登录" }
    /// Group.
    found { en: "Found on this machine", zh: "在本机发现" }
    /// Group.
    available { en: "Available", zh: "可登录" }
    /// A key in the environment that is not used yet.
    found_key(env: &str) { en: "A key is in `{env}`. It is not used until you adopt it.", zh: "`{env}` 中有一个密钥，采用之前不会使用。" }
    /// Adopts it.
    adopt { en: "Use this key", zh: "使用此密钥" }
    /// The endpoint wants no login.
    needs_none { en: "Needs no sign-in", zh: "无需登录" }
    /// A method without an engine.
    unsupported(name: &str) { en: "Unsupported flow `{name}`: this version of Hermes cannot sign in this way.", zh: "不支持的登录流程 `{name}`：此版本的 Hermes 无法以此方式登录。" }
    /// Kind of a method: code on another page.
    with_code { en: "Sign in with a code", zh: "使用代码登录" }
    /// Kind of a method: browser.
    with_browser { en: "Sign in with the browser", zh: "使用浏览器登录" }
    /// Kind of a method: paste.
    with_paste { en: "Sign in and paste a code", zh: "登录并粘贴代码" }
    /// Kind of a method: key.
    with_key { en: "Add an API key", zh: "添加 API 密钥" }
    /// The provider's own documentation.
    docs { en: "Documentation", zh: "文档" }
    /// Names of aliases.
    aliases(names: &str) { en: "Also: {names}", zh: "别名：{names}" }
    /// Before a login: an optional label.
    label_hint { en: "Optional. Otherwise the account's name is taken.", zh: "可选。留空则使用账号名称。" }
    /// The choice of a region.
    choose_region { en: "Which region is your account in?", zh: "您的账号属于哪个区域？" }
    /// A rule card: its class.
    rule_allowed { en: "Allowed", zh: "允许" }
    /// A rule card: its class.
    rule_tolerated { en: "Tolerated", zh: "默许" }
    /// A rule card: its class.
    rule_restricted { en: "Restricted", zh: "受限" }
    /// Title of a rule card.
    rule_title { en: "Use by other programs", zh: "供其他程序使用" }
    /// Where and when the rule was read.
    rule_source(source: &str, date: &str) { en: "Source: {source}, read {date}", zh: "来源：{source}，查阅于 {date}" }
    /// Consent to a restricted login.
    rule_consent { en: "I have read this and accept what may follow for my account", zh: "我已阅读并接受由此可能对我的账号产生的后果" }
    /// No providers at all.
    empty { en: "The catalogue is empty", zh: "目录为空" }
    /// What to do.
    empty_next { en: "Check the folder that `HERMES_CATALOG` names, or run `hermes doctor`.", zh: "请检查 `HERMES_CATALOG` 指定的文件夹，或运行 `hermes doctor`。" }
}
