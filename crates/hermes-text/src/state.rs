//! How a login stands, and why.

messages! {
    /// Usable.
    ready { en: "Ready", zh: "可用" }
    /// Usable, renewed soon.
    expiring { en: "Renewing soon", zh: "即将续期" }
    /// The token has ended; the next use renews it.
    refreshable { en: "Renews on next use", zh: "下次使用时续期" }
    /// Resting.
    cooling_down { en: "Cooling down", zh: "冷却中" }
    /// A person must sign in.
    needs_login { en: "Needs sign-in", zh: "需要登录" }
    /// Switched off.
    disabled { en: "Disabled", zh: "已停用" }
    /// The provider objected.
    blocked { en: "Blocked", zh: "已被阻止" }
    /// Nothing is signed in.
    absent { en: "Not signed in", zh: "未登录" }

    /// Why it rests: a rate limit.
    rate_limit { en: "rate limited", zh: "触发速率限制" }
    /// The window of a plan is spent.
    window_spent { en: "plan window spent", zh: "套餐窗口额度已用完" }
    /// Money or credits ran out.
    out_of_credit { en: "out of credit", zh: "余额不足" }
    /// The provider refused it once.
    unauthorised { en: "refused by the provider", zh: "被提供商拒绝" }
    /// The provider is failing.
    provider_failing { en: "provider is failing", zh: "提供商出现故障" }
    /// A refresh failed for a passing reason.
    refresh_failed { en: "token renewal failed", zh: "令牌续期失败" }
    /// The account may not use the model.
    no_model { en: "the account does not have this model", zh: "该账号无权使用此模型" }

    /// Why a person must sign in: the issuer refused the refresh token.
    revoked_or_reused { en: "the provider ended this login", zh: "提供商已终止此登录" }
    /// The answer to a renewal was lost.
    lost_rotation { en: "a renewed token was lost on the way", zh: "续期后的令牌在途中丢失" }
    /// Two renewals without an answer.
    in_doubt { en: "two renewals ended without an answer", zh: "两次续期均未得到答复" }
    /// Nothing to renew with.
    no_refresh_token { en: "the token ended and cannot be renewed", zh: "令牌已到期且无法续期" }
    /// The key was refused.
    key_rejected { en: "the provider refused the key", zh: "提供商拒绝了该密钥" }
    /// The token was refused right after a renewal.
    token_rejected { en: "the provider refused a fresh token", zh: "提供商拒绝了新令牌" }

    /// One model family rests, with the cause.
    model_rests(model: &str, cause: &str) { en: "`{model}` models: {cause}", zh: "`{model}` 模型：{cause}" }
    /// An organisation rests, with the cause.
    organisation_rests(name: &str, cause: &str) { en: "organisation {name}: {cause}", zh: "组织 {name}：{cause}" }
    /// Stands before the time a cool-down ends.
    usable_again { en: "usable again", zh: "恢复可用：" }

    /// A strategy: the first by order until it is spent.
    fill_first { en: "Fill first", zh: "优先用尽" }
    /// What it does.
    fill_first_means { en: "The first account that can serve takes every request; the next one when it is spent.", zh: "由排在最前的可用账号处理所有请求，用尽后再用下一个。" }
    /// Each in turn.
    round_robin { en: "Round robin", zh: "轮流" }
    /// What it does.
    round_robin_means { en: "Accounts take turns.", zh: "各账号轮流处理。" }
    /// The one that has served least.
    least_used { en: "Least used", zh: "最少使用" }
    /// What it does.
    least_used_means { en: "The account that has served least goes next.", zh: "由处理最少的账号接手。" }
    /// Any.
    random { en: "Random", zh: "随机" }
    /// What it does.
    random_means { en: "Any account, with equal chances.", zh: "随机选择，机会均等。" }
    /// In proportion to weights.
    weighted { en: "Weighted", zh: "按权重" }
    /// What it does.
    weighted_means { en: "Accounts take turns in proportion to their weights.", zh: "各账号按权重比例处理。" }
    /// A word that is none of them.
    no_strategy(text: &str, known: &str) { en: "`{text}` is no strategy; known are {known}", zh: "`{text}` 不是策略；可用的有 {known}" }
}
