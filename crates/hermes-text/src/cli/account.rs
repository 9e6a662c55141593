//! `hermes auth list`, `status` and what changes an account: the table, its details, and what each verb has done.

messages! {
    /// Column.
    head_provider { en: "PROVIDER", zh: "提供商" }
    /// Column.
    head_label { en: "LABEL", zh: "标签" }
    /// Column.
    head_state { en: "STATE", zh: "状态" }
    /// Column.
    head_token { en: "TOKEN", zh: "令牌" }
    /// Column.
    head_region { en: "REGION", zh: "区域" }
    /// Column.
    head_billing { en: "BILLING", zh: "计费方式" }
    /// No login at all.
    none { en: "No logins yet. Sign in with `hermes auth add PROVIDER`; see `hermes providers list`.", zh: "尚未登录任何账号。请用 `hermes auth add PROVIDER` 登录；提供商见 `hermes providers list`。" }
    /// Nothing of this provider.
    sign_in(provider: &str) { en: "Sign in with `hermes auth add {provider}`.", zh: "请用 `hermes auth add {provider}` 登录。" }
    /// The login is over.
    sign_in_again(provider: &str) { en: "Sign in again with `hermes auth add {provider}`.", zh: "请用 `hermes auth add {provider}` 重新登录。" }
    /// A setting that was not followed.
    ignored(name: &str, setting: &str, why: &str) { en: "{name}: {setting} is ignored: {why}", zh: "{name}：已忽略 {setting}：{why}" }
    /// A state with its cause.
    because(state: &str, cause: &str) { en: "{state}: {cause}", zh: "{state}：{cause}" }
    /// A state with its cause and its end.
    because_until(state: &str, cause: &str, when: &str) { en: "{state}: {cause}, usable again {when}", zh: "{state}：{cause}，{when}恢复可用" }
    /// An endpoint that takes no key.
    keyless { en: "needs no key", zh: "无需密钥" }
    /// A key, or a token without an end.
    endless { en: "does not end", zh: "不会到期" }
    /// A token that is good.
    ends(when: &str) { en: "ends {when}", zh: "{when}到期" }
    /// A token that is not.
    ended(when: &str) { en: "ended {when}", zh: "{when}已到期" }
    /// A key that could be used.
    found(provider: &str, env: &str, command: &str) { en: "Found a key for `{provider}` in `{env}`; it is not used until you adopt it with `{command}`.", zh: "在 `{env}` 中发现 `{provider}` 的密钥；用 `{command}` 采用之前不会使用。" }
    /// A key that was removed.
    forgotten(env: &str, provider: &str) { en: "`{env}` is not offered again; `hermes auth add {provider} --from-env {env}` takes it back", zh: "不会再提示使用 `{env}`；运行 `hermes auth add {provider} --from-env {env}` 可重新采用" }

    /// Details: which login.
    login { en: "login", zh: "账号" }
    /// Details.
    id { en: "id", zh: "ID" }
    /// Details.
    state { en: "state", zh: "状态" }
    /// Details: a part of it rests.
    rests { en: "rests", zh: "冷却" }
    /// Details: a renewal that is not over.
    renewal { en: "renewal", zh: "续期" }
    /// Details: who it is.
    account { en: "account", zh: "用户" }
    /// Details.
    organisation { en: "organisation", zh: "组织" }
    /// Details.
    plan { en: "plan", zh: "套餐" }
    /// Details.
    issuer { en: "issuer", zh: "签发方" }
    /// Details.
    method { en: "method", zh: "登录方式" }
    /// Details.
    source { en: "source", zh: "来源" }
    /// Details.
    strategy { en: "strategy", zh: "策略" }
    /// Details: when it was made.
    signed_in { en: "signed in", zh: "登录时间" }
    /// Details: when its token was last renewed.
    renewed { en: "renewed", zh: "上次续期" }
    /// Details.
    token_ends { en: "token ends", zh: "令牌到期" }
    /// A moment, by the clock and beside now.
    moment(when: &str, exact: &str) { en: "{when} ({exact})", zh: "{when}（{exact}）" }
    /// Details: whether the token can be renewed.
    renewable { en: "renewable", zh: "可续期" }
    /// Details.
    scopes { en: "scopes", zh: "权限范围" }
    /// Which part rests.
    whole_account { en: "the account", zh: "整个账号" }
    /// A part that rests, why, and until when.
    rests_until(cause: &str, when: &str) { en: "{cause}, usable again {when}", zh: "{cause}，{when}恢复可用" }
    /// A strategy that looks at weights.
    with_weight(strategy: &str, weight: u32) { en: "{strategy}, weight {weight}", zh: "{strategy}，权重 {weight}" }
    /// A strategy that does not.
    weight_idle(strategy: &str, weight: u32) { en: "{strategy}; the weight {weight} does not count", zh: "{strategy}；权重 {weight} 不生效" }
    /// Column of events.
    head_when { en: "WHEN", zh: "时间" }
    /// Column of events.
    head_event { en: "EVENT", zh: "事件" }
    /// Column of events: generation of the token.
    head_generation { en: "GEN", zh: "代次" }
    /// Column of events.
    head_what { en: "WHAT", zh: "内容" }

    /// A renewal under way.
    renewing { en: "renewing", zh: "正在续期" }
    /// Its process is silent.
    renewing_silent { en: "renewing, by a process that has gone silent; the next use goes on", zh: "正在续期，但负责的进程已无响应；下次使用时会继续" }
    /// Its answer is not known.
    renewing_unanswered { en: "renewing, and no answer is known; nothing is sent until it is clear that none comes", zh: "正在续期，尚未得到答复；确定不会有答复之前不再发送" }
    /// Nobody knows whether it reached the provider.
    in_doubt { en: "in doubt: a renewal ended without an answer", zh: "存疑：一次续期未得到答复" }
    /// Since when.
    in_doubt_since(moment: &str) { en: "in doubt since {moment}: a renewal ended without an answer", zh: "自 {moment} 起存疑：一次续期未得到答复" }
    /// The login is over.
    ended_because(cause: &str) { en: "ended: {cause}", zh: "已终止：{cause}" }
    /// The database came back older.
    waits_quiet(span: &str) { en: "waits {span}, since the database lost its last changes", zh: "等待 {span}，因为数据库丢失了最近的更改" }
    /// After a failure.
    next_try(span: &str) { en: "the next try is in {span}", zh: "{span}后重试" }

    /// Where a login is removed from.
    this_machine { en: "this machine", zh: "本机" }
    /// Where a login is removed from.
    shared_store { en: "the shared store", zh: "共享存储" }
    /// Two renewals in doubt.
    doubt_twice(provider: &str) { en: "Two renewals ended without an answer. `hermes auth reset` allows one more try; `hermes auth add {provider}` is sure to help.", zh: "两次续期均未得到答复。`hermes auth reset` 可再试一次；`hermes auth add {provider}` 一定有效。" }
    /// The provider refused for good.
    refused(provider: &str) { en: "The provider has refused its refresh token, and no try can change that; sign in again with `hermes auth add {provider}`.", zh: "提供商已拒绝其刷新令牌，重试无效；请用 `hermes auth add {provider}` 重新登录。" }
    /// One renewal in doubt.
    doubt(provider: &str) { en: "Whether its last renewal reached the provider is in doubt. The same token is sent once more when the old one has ended and nobody can still be at it; `hermes auth add {provider}` does not have to wait.", zh: "无法确定上次续期是否已到达提供商。旧令牌到期且确定无人仍在续期后，会再次发送同一令牌；`hermes auth add {provider}` 则无需等待。" }
    /// One renewal in doubt, with its time.
    doubt_since(moment: &str, provider: &str) { en: "Whether its last renewal reached the provider is in doubt since {moment}. The same token is sent once more when the old one has ended and nobody can still be at it; `hermes auth add {provider}` does not have to wait.", zh: "自 {moment} 起，无法确定上次续期是否已到达提供商。旧令牌到期且确定无人仍在续期后，会再次发送同一令牌；`hermes auth add {provider}` 则无需等待。" }
    /// Deleted here.
    removed(name: &str, place: &str) { en: "Removed `{name}` from {place}", zh: "已从{place}移除 `{name}`" }
    /// Nothing to log out of.
    had_none(provider: &str) { en: "{provider} had no login", zh: "{provider} 没有已登录的账号" }
    /// Deleted all of a provider.
    logged_out(provider: &str) { en: "Logged out of {provider}", zh: "已退出 {provider}" }
    /// Deleted several.
    logged_out_of(count: Count, provider: &str) { one: "Logged out of {provider}, {count} login", other: "Logged out of {provider}, {count} logins", zh: "已退出 {provider} 的 {count} 个账号" }
    /// The provider did not end it.
    not_revoked_next { en: "Nothing was changed here. `hermes auth remove` deletes the login from this machine all the same.", zh: "此处未作任何更改。`hermes auth remove` 仍可从本机删除该账号。" }
    /// Ended there, deleted here.
    revoked(name: &str, provider: &str, place: &str) { en: "Ended `{name}` at {provider} and removed it from {place}", zh: "已在 {provider} 处终止 `{name}`，并从{place}移除" }
    /// Only deleted here.
    no_revocation(provider: &str) { en: "{provider} has no call that ends a login; end it in your account's settings there", zh: "{provider} 不支持从此处终止登录；请在其账号设置中终止" }
    /// Another label.
    renamed(old: &str, new: &str) { en: "`{old}` is now `{new}`", zh: "`{old}` 现已改名为 `{new}`" }
    /// Another place.
    moved(name: &str, place: usize, total: usize) { en: "`{name}` is now number {place} of {total}", zh: "`{name}` 现在排在第 {place} 位，共 {total} 位" }
    /// A fresh token.
    token_renewed(name: &str) { en: "Renewed the token of `{name}`", zh: "已续期 `{name}` 的令牌" }
    /// A fresh token with an end.
    token_renewed_until(name: &str, when: &str) { en: "Renewed the token of `{name}`, it ends {when}", zh: "已续期 `{name}` 的令牌，{when}到期" }
    /// Nothing to reset.
    is_off(name: &str) { en: "`{name}` is switched off", zh: "`{name}` 已停用" }
    /// What to do.
    is_off_next { en: "Use `hermes auth enable` to use it again.", zh: "请用 `hermes auth enable` 重新启用。" }
    /// Cool-downs are over.
    tried_again(name: &str) { en: "`{name}` will be tried again", zh: "将再次尝试使用 `{name}`" }
    /// Switched on.
    enabled(name: &str) { en: "`{name}` is used again", zh: "`{name}` 已重新启用" }
    /// Switched off.
    disabled(name: &str) { en: "`{name}` is no longer used", zh: "`{name}` 已停用" }
    /// The strategy of a provider.
    uses(provider: &str, strategy: &str, words: &str) { en: "{provider} uses {strategy}. {words}", zh: "{provider} 使用 {strategy}。{words}" }
    /// A share.
    weighs(name: &str, weight: u32) { en: "`{name}` has the weight {weight}", zh: "`{name}` 的权重为 {weight}" }
    /// A share that does not count yet.
    weight_later(provider: &str) { en: "weights count once you run `hermes auth strategy {provider} weighted`", zh: "运行 `hermes auth strategy {provider} weighted` 后权重才会生效" }
    /// Between several causes.
    also(one: &str, other: &str) { en: "{one}; {other}", zh: "{one}；{other}" }
}
