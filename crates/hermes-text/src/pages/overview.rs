//! The page one leaves open.

messages! {
    /// What needs a person.
    needs_you { en: "Needs you", zh: "需要您处理" }
    /// Nothing does.
    all_well { en: "Nothing needs you", zh: "一切正常" }
    /// Nothing is signed in yet.
    empty { en: "No account is signed in yet", zh: "尚未登录任何账号" }
    /// What to do.
    empty_next { en: "Sign in once; every tool that speaks to the gateway can use it.", zh: "登录一次，所有连接网关的工具都能使用。" }
    /// To the providers.
    choose_provider { en: "Choose a provider", zh: "选择提供商" }
    /// Signed-in providers.
    accounts { en: "Accounts", zh: "账号" }
    /// How many of a provider's accounts can serve.
    usable_of(usable: u64, total: u64) { en: "{usable} of {total} usable", zh: "{usable}/{total} 可用" }
    /// Live rate.
    per_second { en: "Requests per second", zh: "每秒请求数" }
    /// Requests under way.
    in_flight { en: "In flight", zh: "处理中" }
    /// Tokens since midnight.
    tokens_today { en: "Tokens today", zh: "今日 Token" }
    /// Requests since midnight.
    requests_today { en: "Requests today", zh: "今日请求" }
    /// Failed ones of them.
    failed_today(count: Count) { one: "{count} failed", other: "{count} failed", zh: "{count} 个失败" }
    /// In and out.
    tokens_in_out(input: &str, output: &str) { en: "{input} in, {output} out", zh: "输入 {input}，输出 {output}" }
    /// Spend by how it is paid for.
    spend_today { en: "Today by billing", zh: "今日用量（按计费方式）" }
    /// Nothing yet.
    no_spend { en: "No requests yet today", zh: "今天还没有请求" }
    /// A cost that is only reckoned.
    estimated(amount: &str) { en: "about {amount}", zh: "约 {amount}" }
    /// The gateway.
    gateway { en: "Gateway", zh: "网关" }
    /// Its address.
    address { en: "Address", zh: "地址" }
    /// Where a key comes from.
    key_hint { en: "Each tool needs a client key of its own. Put it where `HERMES_KEY` stands.", zh: "每个工具都需要自己的客户端密钥，请替换 `HERMES_KEY`。" }
    /// To the keys.
    make_key { en: "Create a key", zh: "创建密钥" }
    /// Snippets for tools.
    connect { en: "Connect a tool", zh: "连接工具" }
    /// The store renews nothing.
    store_stopped { en: "The store renews no token", zh: "存储不再续期令牌" }
    /// Renewal of a token is due and failing, or similar.
    mend { en: "Look", zh: "查看" }
    /// A provider objected.
    lift { en: "Review", zh: "查看并处理" }
}
