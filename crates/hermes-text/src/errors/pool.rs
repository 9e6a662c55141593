//! Why there is no login to serve with, and what the pool says of one.

use std::fmt::Display;

messages! {
    /// Nothing is signed in.
    no_login(provider: impl Display) { en: "no login for `{provider}` yet", zh: "尚未登录 `{provider}`" }
    /// Another protocol.
    protocol(provider: impl Display, speaks: &str, asked: impl Display) { en: "`{provider}` speaks {speaks}, but the request is {asked}", zh: "`{provider}` 使用 {speaks}，但请求是 {asked}" }
    /// All rest.
    exhausted(provider: impl Display) { en: "no login of `{provider}` can serve now", zh: "`{provider}` 目前没有可用的登录" }
    /// The provider objected.
    blocked(provider: impl Display, label: &str, rule: &str) { en: "`{provider}` is stopped: it objected to `{label}` ({rule})", zh: "`{provider}` 已停用：它对 `{label}` 提出异议（{rule}）" }
    /// A setting.
    switched_off(provider: impl Display, origin: &str) { en: "`{provider}` is switched off by {origin}", zh: "`{provider}` 已由 {origin} 停用" }
    /// An attempt that is over.
    no_attempt(id: impl Display) { en: "there is no login attempt `{id}`: it was finished, cancelled or has expired", zh: "没有登录 `{id}`：它已完成、已取消或已过期" }
    /// Nobody agreed.
    consent(provider: impl Display, rule: &str) { en: "`{provider}` restricts this login: {rule}", zh: "`{provider}` 限制此登录：{rule}" }
    /// Too many at once.
    too_many_logins(most: usize, provider: impl Display) { en: "{most} logins of `{provider}` wait already", zh: "`{provider}` 已有 {most} 个登录在等待" }
    /// The person ended it.
    cancelled { en: "the login was cancelled; nothing was stored", zh: "登录已取消，未保存任何内容" }
    /// An address moved.
    moved(label: &str, problem: &str) { en: "`{label}` cannot be used: {problem}", zh: "无法使用 `{label}`：{problem}" }
    /// There is none to change.
    keyless(provider: impl Display) { en: "`{provider}` needs no login: it is an endpoint of the config file without a key", zh: "`{provider}` 无需登录：它是配置文件中不带密钥的端点" }
    /// No new token.
    refresh(label: &str, problem: &str) { en: "the token of `{label}` could not be renewed: {problem}", zh: "无法续期 `{label}` 的令牌：{problem}" }
}

// What a target names.
messages! {
    /// No id.
    no_id(id: impl Display) { en: "no login has the id `{id}`", zh: "没有 id 为 `{id}` 的登录" }
    /// No label.
    no_name(name: &str) { en: "no login is called `{name}`", zh: "没有名为 `{name}` 的登录" }
    /// Several.
    several(name: &str, names: &str) { en: "`{name}` names several logins: {names}", zh: "`{name}` 对应多个登录：{names}" }
    /// A number that is too large.
    out_of_range(count: Count, provider: impl Display, index: usize) { one: "`{provider}` has {count} login, so there is no number {index}", other: "`{provider}` has {count} logins, so there is no number {index}", zh: "`{provider}` 有 {count} 个登录，没有第 {index} 个" }
}

// Why a token was not renewed, beside what the issuer says.
messages! {
    /// The process stopped it.
    cut_off { en: "the refresh was cut off", zh: "续期被中断" }
    /// Nothing is left to renew.
    removed { en: "the login was removed", zh: "该登录已被移除" }
    /// Nobody wants it.
    out_of_use { en: "the login is switched off or blocked", zh: "该登录已停用或被阻止" }
    /// The issuer named a moment.
    too_early(seconds: u64) { en: "the provider takes no renewal of this token for another {seconds} s", zh: "提供商在 {seconds} 秒内不接受此令牌的续期" }
    /// Somebody else is at it.
    elsewhere { en: "another process is renewing it and has not finished in time", zh: "另一个进程正在续期，未及时完成" }
    /// Changes were lost.
    history_lost { en: "the database lost its last changes, and every machine is given time to bring back what it received", zh: "数据库丢失了最近的更改，正在等待各台机器补回所收到的内容" }
    /// After a failure.
    later { en: "the last try failed, and the next one is made a little later", zh: "上次尝试失败，稍后会再次尝试" }
    /// After a doubt.
    in_doubt { en: "a renewal ended without an answer; its token is sent once more when the old one has ended and nobody can still be at it", zh: "一次续期没有得到答复；待旧令牌到期且确定无人仍在续期后，会再发送一次" }
    /// The row is gone.
    no_row(provider: impl Display) { en: "`{provider}` is not in the catalogue", zh: "`{provider}` 不在目录中" }
    /// The row has lost its method.
    no_method(provider: impl Display, method: &str) { en: "`{provider}` has no login method `{method}` any more", zh: "`{provider}` 已不再有登录方式 `{method}`" }
    /// It is another one now.
    changed { en: "the login changed meanwhile", zh: "该登录在此期间已变更" }
    /// The address is another one now.
    signed_in_for(made_for: impl Display, moved: impl Display, provider: impl Display) { en: "it was signed in for `{made_for}`, and the catalogue or a setting now says `{moved}`, so nothing is sent; sign in again with `hermes auth add {provider}` if that is right", zh: "登录时的地址是 `{made_for}`，而目录或设置现在指向 `{moved}`，因此未发送任何内容；如果新地址无误，请用 `hermes auth add {provider}` 重新登录" }
    /// The address is one now.
    signed_in_for_none(moved: impl Display, provider: impl Display) { en: "it was signed in for no such address, and the catalogue or a setting now says `{moved}`, so nothing is sent; sign in again with `hermes auth add {provider}` if that is right", zh: "登录时没有此类地址，而目录或设置现在指向 `{moved}`，因此未发送任何内容；如果新地址无误，请用 `hermes auth add {provider}` 重新登录" }
}

// How a login stands, beside its state.
messages! {
    /// Nothing to tell.
    ready { en: "ready", zh: "可用" }
    /// By a setting.
    off_by(origin: &str) { en: "switched off by {origin}", zh: "已由 {origin} 停用" }
    /// By a person.
    off { en: "switched off", zh: "已停用" }
    /// Soon.
    due { en: "the token is due for renewal", zh: "令牌即将续期" }
    /// Then.
    ended { en: "the token has ended; the next use renews it", zh: "令牌已到期，下次使用时续期" }
    /// It was tried.
    tried { en: "it was tried for this request and failed", zh: "已为此请求尝试过但失败" }
    /// It cannot.
    speaks_not(protocol: impl Display) { en: "it does not speak {protocol}", zh: "不支持 {protocol}" }
    /// Another request finds out.
    probing { en: "one request tries it first after its cool-down", zh: "冷却结束后先由一个请求试用" }
}

// Settings that are not followed.
messages! {
    /// What is not followed: an address.
    address_for(protocol: impl Display) { en: "the address for {protocol}", zh: "{protocol} 的地址" }
    /// Nothing is spoken.
    no_protocol(provider: impl Display) { en: "`{provider}` has no protocol for this login", zh: "`{provider}` 没有适用于此登录的协议" }
    /// Something else is spoken.
    speaks_only(provider: impl Display, protocols: &str) { en: "`{provider}` speaks {protocols} only", zh: "`{provider}` 仅使用 {protocols}" }
    /// A login goes nowhere else.
    base_made_for(origin: impl Display) { en: "a stored login is sent only to where it was made for, `{origin}`; sign in again to use another address", zh: "已保存的登录只会发送到其签发地址 `{origin}`；如需使用其他地址，请重新登录" }
    /// The row says it.
    base_of_catalogue(provider: impl Display) { en: "the address of `{provider}` comes from the catalogue", zh: "`{provider}` 的地址来自目录" }
    /// An answer that leads elsewhere.
    base_foreign { en: "the provider's answer names a host that the catalogue does not list", zh: "提供商的答复指向目录未列出的主机" }
}

// What is wrong with a client key that a person wants.
messages! {
    /// No name, or an odd one.
    key_name { en: "a key's name is 1 to 100 characters without control characters", zh: "密钥名称须为 1 到 100 个字符，不含控制字符" }
    /// No limit.
    key_limit { en: "a key's limit is 1 to 1000000 requests a minute", zh: "密钥的限额须为每分钟 1 到 1000000 个请求" }
    /// Too many.
    key_models { en: "a key is limited to 64 models at most", zh: "一个密钥最多限定 64 个模型" }
    /// No model's name.
    key_model { en: "a model's name is 1 to 200 characters without control characters", zh: "模型名称须为 1 到 200 个字符，不含控制字符" }
}

// What to do.
messages! {
    /// Sign in.
    no_login_next(provider: impl Display) { en: "Sign in with `hermes auth add {provider}`.", zh: "请用 `hermes auth add {provider}` 登录。" }
    /// Another path.
    protocol_next(paths: &str) { en: "Send the request to {paths} instead.", zh: "请改为向 {paths} 发送请求。" }
    /// Look, or add.
    exhausted_next(provider: impl Display) { en: "See `hermes auth status {provider}`, or add another account.", zh: "请查看 `hermes auth status {provider}`，或添加其他账号。" }
    /// Decide.
    blocked_next(provider: impl Display, label: &str) { en: "Read what the provider says, then use `hermes auth reset {provider}:{label}`, or `disable` or `remove` in place of `reset`.", zh: "请阅读提供商的说明，然后使用 `hermes auth reset {provider}:{label}`，或将 `reset` 换成 `disable` 或 `remove`。" }
    /// The setting.
    switched_off_next(provider: impl Display) { en: "Remove `enabled = false` from `[providers.{provider}]`.", zh: "请从 `[providers.{provider}]` 中移除 `enabled = false`。" }
    /// Look.
    target_next { en: "See `hermes auth list` for ids and labels.", zh: "可用 `hermes auth list` 查看 id 和标签。" }
    /// Once more.
    no_attempt_next { en: "Start a new login with `hermes auth add`.", zh: "请用 `hermes auth add` 开始新的登录。" }
    /// Read.
    consent_next { en: "Read the rule; sign in only if you accept its consequences.", zh: "请阅读该规定，仅在接受其后果时才登录。" }
    /// End one.
    too_many_logins_next { en: "Finish or cancel one of them first.", zh: "请先完成或取消其中一个。" }
    /// The file.
    /// Nothing tells what is left of a plan.
    no_quota(label: &str) { en: "nothing tells what is left of the plan of `{label}`", zh: "无法得知 `{label}` 的套餐余量" }
    /// What to do then.
    no_quota_next { en: "Look at the provider's own page.", zh: "请查看提供商自己的页面。" }
    /// What to do about an endpoint of the config file.
    keyless_next { en: "To change it, edit `[endpoints]` in the config file.", zh: "如需更改，请编辑配置文件中的 `[endpoints]`。" }
}
