//! What passed the gateway.

messages! {
    /// No request yet.
    empty { en: "No request has passed the gateway yet", zh: "网关尚未处理任何请求" }
    /// What to do.
    empty_next { en: "Point a tool at the gateway, or try `hermes chat \"hello\"`.", zh: "将工具指向网关，或运行 `hermes chat \"hello\"`。" }
    /// Nothing fits.
    no_match { en: "No request fits these filters", zh: "没有符合筛选条件的请求" }
    /// What to do.
    no_match_next { en: "Choose less, or clear the filters.", zh: "请减少筛选条件，或清除筛选。" }
    /// Names the filters.
    filters { en: "Filters", zh: "筛选" }
    /// Only failed ones.
    only_failed { en: "Failed only", zh: "仅失败" }
    /// Stops the feed.
    pause { en: "Pause", zh: "暂停" }
    /// Goes on.
    resume { en: "Resume", zh: "继续" }
    /// New ones while the feed is paused or filtered; the script fills the number.
    waiting(number: &str) { en: "{number} new", zh: "{number} 条新请求" }
    /// Older ones.
    older { en: "Older", zh: "更早" }
    /// Back to the newest.
    newest { en: "Newest", zh: "最新" }
    /// A request.
    request { en: "Request", zh: "请求" }
    /// The time to the first byte.
    first_byte { en: "First byte", zh: "首字节" }
    /// The time in all.
    total { en: "Total", zh: "总耗时" }
    /// Calls made.
    attempts { en: "Attempts", zh: "尝试次数" }
    /// Rate.
    per_second { en: "per second", zh: "每秒" }
    /// Tokens in and out of one request, column heads.
    tokens_in { en: "In", zh: "输入" }
    /// Output.
    tokens_out { en: "Out", zh: "输出" }
    /// Read from cache.
    cache_read { en: "From cache", zh: "缓存读取" }
    /// Written to cache.
    cache_write { en: "To cache", zh: "缓存写入" }
    /// What was asked.
    asked_as { en: "Asked as", zh: "请求协议" }
    /// What was sent.
    sent_as { en: "Sent as", zh: "转发协议" }
    /// The same on both sides.
    untouched { en: "passed through untouched", zh: "原样透传" }
    /// The route.
    route { en: "Route", zh: "路由" }
    /// Who could have served.
    candidates { en: "Candidates", zh: "候选账号" }
    /// Chosen.
    chosen { en: "Chosen", zh: "选用" }
    /// Why it was chosen.
    chosen_why { en: "Able to serve; the pool's strategy chose it", zh: "可用；由账号池的策略选中" }
    /// A call to it failed.
    asked_and_failed { en: "Asked, failed", zh: "已请求，失败" }
    /// Passed over.
    passed_over { en: "Passed over", zh: "跳过" }
    /// Why.
    why { en: "Why", zh: "原因" }
    /// What was tried.
    story { en: "What happened", zh: "处理过程" }
    /// One of several attempts.
    attempt(number: u32) { en: "Attempt {number}", zh: "第 {number} 次尝试" }
    /// No login could serve.
    no_account { en: "no account", zh: "无账号" }
    /// What followed a call: its answer went to the client.
    then_deliver { en: "handed to the client", zh: "已交给客户端" }
    /// What followed a call: the same account was asked again.
    then_again { en: "token renewed, sent again", zh: "已续期令牌并重新发送" }
    /// What followed a call: the next account was asked.
    then_another { en: "went on to the next account", zh: "改用下一个账号" }
    /// Fields lost in translation.
    dropped { en: "Fields dropped in translation", zh: "转换中丢弃的字段" }
    /// Bytes that were held back.
    before_commit { en: "Held back", zh: "缓冲" }
    /// How much of the answer was kept until it was certain that it would not be an error.
    held_back(bytes: &str) { en: "{bytes} bytes before the first content", zh: "首段内容之前 {bytes} 字节" }
    /// Id for support.
    id { en: "Request id", zh: "请求 ID" }
    /// Prompts are not kept.
    no_prompt { en: "Hermes keeps no prompt and no answer, only these figures.", zh: "Hermes 不保存提示词与回答，只保留这些数据。" }
    /// It failed.
    error { en: "Error", zh: "错误" }
    /// Back.
    back { en: "All requests", zh: "所有请求" }
    /// There is no such request.
    gone { en: "No request has this id", zh: "没有此 ID 的请求" }
    /// Perhaps it is too old.
    gone_next { en: "It may be older than the log. The id is in the `x-hermes-request-id` header of the answer.", zh: "它可能已超出日志保留期。ID 在响应的 `x-hermes-request-id` 头中。" }
}
