//! The accounts of one provider.

messages! {
    /// Title.
    title(provider: &str) { en: "{provider} accounts", zh: "{provider} 账号" }
    /// No account.
    empty { en: "No account of this provider is signed in", zh: "该提供商尚未登录任何账号" }
    /// What to do.
    empty_next { en: "Sign in to use it through the gateway.", zh: "登录后即可通过网关使用。" }
    /// The strategy.
    strategy { en: "Strategy", zh: "策略" }
    /// The order counts.
    order_hint { en: "Accounts higher up are tried first.", zh: "排在前面的账号优先使用。" }
    /// The place in the order.
    place(place: &str) { en: "Place {place}", zh: "第 {place} 位" }
    /// All accounts of the provider are stopped.
    stopped { en: "This provider is stopped", zh: "该提供商已停止" }
    /// Why.
    stopped_why(label: &str, rule: &str) { en: "It objected to {label}: {rule}. None of its accounts is used until you have looked.", zh: "它对 {label} 提出异议：{rule}。在您处理之前，不会使用其任何账号。" }
    /// When the token ends.
    token_ends { en: "Token ends", zh: "令牌到期" }
    /// A key or a token without an end.
    token_endless { en: "does not end", zh: "不会到期" }
    /// It cannot be renewed.
    not_renewable { en: "cannot be renewed", zh: "无法续期" }
    /// When it last served.
    last_served { en: "Last served", zh: "上次使用" }
    /// When it was last renewed.
    renewed { en: "Renewed", zh: "上次续期" }
    /// Requests it serves now.
    in_flight { en: "In flight", zh: "处理中" }
    /// Requests since the program began.
    served { en: "Served since start", zh: "启动后已处理" }
    /// Where it came from.
    source { en: "From", zh: "来源" }
    /// A login.
    source_login { en: "sign-in", zh: "登录" }
    /// A key.
    source_key { en: "API key", zh: "API 密钥" }
    /// A variable.
    source_env(name: &str) { en: "key from `{name}`", zh: "来自 `{name}` 的密钥" }
    /// An endpoint of the config file.
    source_config(name: &str) { en: "endpoint `{name}` of the config file", zh: "配置文件中的端点 `{name}`" }
    /// Its weight.
    weight { en: "Weight", zh: "权重" }
    /// Windows of the plan.
    windows { en: "Plan windows", zh: "套餐窗口" }
    /// A window of a plan.
    window_minutes(count: Count) { one: "{count} minute", other: "{count} minutes", zh: "{count} 分钟" }
    /// A window of a plan.
    window_hours(count: Count) { one: "{count} hour", other: "{count} hours", zh: "{count} 小时" }
    /// A window of a plan.
    window_days(count: Count) { one: "{count} day", other: "{count} days", zh: "{count} 天" }
    /// A window whose length the provider does not tell.
    window_current { en: "this window", zh: "当前窗口" }
    /// A window that counts one model or kind.
    window_of(of: &str, window: &str) { en: "{of}, {window}", zh: "{of}，{window}" }
    /// Money.
    balance { en: "Balance", zh: "余额" }
    /// When the provider told it.
    told { en: "Plan checked", zh: "套餐查询时间" }
    /// How much of a window is used.
    used(percent: &str) { en: "{percent} % used", zh: "已用 {percent}%" }
    /// Before the time a window starts anew.
    resets { en: "resets", zh: "重置：" }
    /// A renewal is under way or has trouble.
    renewal { en: "Renewal", zh: "续期" }
    /// Somebody is at it.
    renewal_under_way { en: "under way", zh: "正在进行" }
    /// Nothing had been sent.
    renewal_abandoned { en: "begun by a process that has gone silent; the next use goes on", zh: "由一个已无响应的进程发起；下次使用时会继续" }
    /// The token had been sent.
    renewal_unanswered { en: "sent by a process that has gone silent; nothing more is sent until it is clear that no answer comes", zh: "由一个已无响应的进程发出；在确定不会有答复之前不再发送" }
    /// It ended without an answer.
    renewal_in_doubt { en: "in doubt, since one ended without an answer", zh: "存疑：一次续期没有得到答复" }
    /// A person has to sign in.
    renewal_ended { en: "ended", zh: "已终止" }
    /// Before the moment at which it goes on.
    renewal_quiet { en: "waits, since the database lost its last changes; goes on", zh: "数据库丢失了最近的更改，正在等待；继续时间：" }
    /// Before the moment of the next try.
    renewal_paused { en: "the last one failed; the next try is", zh: "上次失败；下次尝试：" }
    /// A setting that was not followed.
    ignored(setting: &str, why: &str) { en: "`{setting}` is ignored: {why}", zh: "已忽略 `{setting}`：{why}" }
    /// The menu.
    actions { en: "Actions", zh: "操作" }
    /// More facts.
    details { en: "Details", zh: "详情" }
    /// The organisation.
    organisation { en: "Organisation", zh: "组织" }
    /// The issuer.
    id { en: "Id", zh: "ID" }

    /// Title of the dialog.
    rename_title(label: &str) { en: "Rename {label}", zh: "重命名 {label}" }
    /// Title of the dialog.
    weight_title(label: &str) { en: "Weight of {label}", zh: "{label} 的权重" }
    /// What a weight is.
    weight_hint { en: "Its share beside the others, from 1 to 1000. Counts only under the strategy “Weighted”.", zh: "相对于其他账号的份额，1 到 1000。仅在“按权重”策略下有效。" }
    /// What disabling does.
    disable_asks(label: &str) { en: "{label} takes no further request until you enable it. What is under way ends by itself.", zh: "启用之前，{label} 不再接受新请求；正在处理的请求会自行结束。" }
    /// Title.
    remove_title(label: &str) { en: "Remove {label}?", zh: "移除 {label}？" }
    /// What removing does.
    remove_asks { en: "The login is deleted here. At the provider it stays alive until it ends or you revoke it there.", zh: "将在此处删除该登录；它在提供商处仍然有效，直到过期或您在那里撤销。" }
    /// Title.
    revoke_title(label: &str) { en: "Revoke {label}?", zh: "撤销 {label}？" }
    /// Title.
    reset_title(label: &str) { en: "Clear cool-downs of {label}?", zh: "清除 {label} 的冷却？" }
    /// What resetting does.
    reset_asks { en: "Everything held against this account is forgotten, and it is tried with the next request.", zh: "将清除该账号的所有限制记录，并在下次请求时尝试使用。" }
    /// What revoking does.
    revoke_ends(provider: &str) { en: "Ends this login at {provider} and deletes it here. Requests that use it now may fail.", zh: "将在 {provider} 处终止此登录并在此处删除；正在使用它的请求可能失败。" }
    /// Title.
    lift_title(label: &str) { en: "Use {label} again?", zh: "恢复使用 {label}？" }
    /// What lifting a block does.
    lift_asks { en: "Do this when you have settled it with the provider. The next request may use this account.", zh: "请在与提供商解决问题后再操作。下一个请求可能会使用此账号。" }
    /// This login has no way of being ended at the provider.
    revoke_absent { en: "This provider has no way to end a login from here.", zh: "该提供商不支持从此处终止登录。" }
    /// An endpoint of the config file.
    keyless { en: "An endpoint of the config file; it is changed there.", zh: "配置文件中的端点，请在配置文件中修改。" }
}
