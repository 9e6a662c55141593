//! `hermes key`.

messages! {
    /// It is not shown again.
    shown_once { en: "This is the only time the key is shown.", zh: "密钥仅显示这一次。" }
    /// None yet.
    none { en: "No client keys yet. `hermes up` makes the first one, or `hermes key create NAME`.", zh: "还没有客户端密钥。`hermes up` 会创建第一个，也可运行 `hermes key create NAME`。" }
    /// Column.
    head_key { en: "KEY", zh: "密钥" }
    /// Column.
    head_name { en: "NAME", zh: "名称" }
    /// Column.
    head_made { en: "MADE", zh: "创建时间" }
    /// Column.
    head_used { en: "LAST USED", zh: "上次使用" }
    /// Column.
    head_state { en: "STATE", zh: "状态" }
    /// Column.
    head_limits { en: "LIMITS", zh: "限制" }
    /// Revoked.
    revoked(name: &str, prefix: &str) { en: "Revoked the key `{name}` ({prefix})", zh: "已撤销密钥 `{name}`（{prefix}）" }
    /// No such key.
    missing(wanted: &str) { en: "no valid client key is called `{wanted}`", zh: "没有名为 `{wanted}` 的有效客户端密钥" }
    /// What to do.
    missing_next { en: "See `hermes key list`.", zh: "请查看 `hermes key list`。" }
    /// Several such keys.
    several(wanted: &str) { en: "several client keys are called `{wanted}`", zh: "有多个名为 `{wanted}` 的客户端密钥" }
    /// What to do.
    several_next { en: "Give the key's public beginning, from `hermes key list`.", zh: "请使用 `hermes key list` 中密钥的公开前缀。" }
}
