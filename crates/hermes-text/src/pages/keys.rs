//! Client keys of the gateway.

messages! {
    /// No key yet.
    empty { en: "No client key yet", zh: "还没有客户端密钥" }
    /// What to do.
    empty_next { en: "Create one for each tool, so that you can revoke it alone.", zh: "为每个工具创建一个密钥，便于单独撤销。" }
    /// What keys are.
    about { en: "Tools send one of these to the gateway. Only a hash is stored.", zh: "工具通过这些密钥访问网关。仅保存其哈希值。" }
    /// Opens the dialog.
    create { en: "Create a key", zh: "创建密钥" }
    /// What the name is for.
    name_hint { en: "Such as the tool that uses it.", zh: "例如使用它的工具名称。" }
    /// Limit.
    requests_per_minute { en: "Requests per minute", zh: "每分钟请求数" }
    /// Limit.
    models { en: "Models", zh: "模型" }
    /// What goes into it.
    models_hint { en: "Separated by commas, such as `provider/model`. Empty allows all.", zh: "用逗号分隔，如 `provider/model`。留空表示全部允许。" }
    /// Empty means none.
    no_limit_hint { en: "Empty means no limit.", zh: "留空表示不限。" }
    /// No limits.
    no_limits { en: "no limits", zh: "不限" }
    /// The limits of a key.
    limits { en: "Limits", zh: "限制" }
    /// A limit in words.
    limit_requests(count: Count) { one: "{count} request a minute", other: "{count} requests a minute", zh: "每分钟 {count} 个请求" }
    /// Title of the dialog that shows the new key.
    made { en: "Your new key", zh: "您的新密钥" }
    /// It is shown once.
    shown_once { en: "Copy it now. It is shown only this once.", zh: "请立即复制，只显示这一次。" }
    /// Column.
    begins { en: "Begins with", zh: "开头" }
    /// Column.
    created { en: "Created", zh: "创建时间" }
    /// Column.
    last_used { en: "Last used", zh: "上次使用" }
    /// Not in use any more.
    revoked { en: "Revoked", zh: "已撤销" }
    /// In use.
    active { en: "Active", zh: "有效" }
    /// Title.
    revoke_title(name: &str) { en: "Revoke {name}?", zh: "撤销 {name}？" }
    /// What it does.
    revoke_asks { en: "Tools that use this key are refused from now on. This cannot be undone.", zh: "使用此密钥的工具将立即被拒绝，且无法撤回。" }
}
