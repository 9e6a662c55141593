//! `hermes usage`, `explain`, `chat` and `models`.

messages! {
    /// Nothing in the range.
    nothing_used { en: "No requests in that time. `hermes up` serves them; see `hermes usage --range 30d` for more.", zh: "该时间段内没有请求。请求由 `hermes up` 处理；运行 `hermes usage --range 30d` 可查看更长时间。" }
    /// Column.
    head_login { en: "LOGIN", zh: "账号" }
    /// Column.
    head_model { en: "MODEL", zh: "模型" }
    /// Column.
    head_key { en: "KEY", zh: "密钥" }
    /// Column.
    head_state { en: "STATE", zh: "状态" }
    /// Column.
    head_requests { en: "REQUESTS", zh: "请求" }
    /// Column.
    head_failed { en: "FAILED", zh: "失败" }
    /// Column.
    head_input { en: "INPUT", zh: "输入" }
    /// Column.
    head_cached { en: "CACHED", zh: "缓存" }
    /// Column.
    head_output { en: "OUTPUT", zh: "输出" }
    /// A group without a model.
    no_model { en: "no model", zh: "无模型" }
    /// A group of a login that is gone.
    removed_login { en: "a login that was removed", zh: "已移除的账号" }
    /// A group without a login.
    no_login { en: "no login", zh: "无账号" }
    /// A group of a key that is not here.
    foreign_key { en: "a key of another store", zh: "其他存储的密钥" }
    /// A group without a key.
    no_key { en: "no key", zh: "无密钥" }
    /// The last line.
    all { en: "all", zh: "合计" }

    /// No such request.
    missing(id: &str) { en: "no request has the id `{id}`", zh: "没有 ID 为 `{id}` 的请求" }
    /// What to do.
    missing_next { en: "The id is in the `x-hermes-request-id` header of the answer.", zh: "ID 在响应的 `x-hermes-request-id` 头中。" }
    /// Row.
    request { en: "request", zh: "请求" }
    /// Row.
    at { en: "at", zh: "时间" }
    /// Row.
    asked_as { en: "asked as", zh: "请求协议" }
    /// The two protocols.
    sent_as(asked: &str, sent: &str) { en: "{asked}, sent as {sent}", zh: "{asked}，转发为 {sent}" }
    /// Row.
    model { en: "model", zh: "模型" }
    /// The alias.
    asked_for(model: &str, alias: &str) { en: "{model}, asked for as `{alias}`", zh: "{model}，请求时使用别名 `{alias}`" }
    /// Row.
    passed_over { en: "passed over", zh: "跳过" }
    /// Row.
    served_by { en: "served by", zh: "处理账号" }
    /// Row.
    status { en: "status", zh: "状态码" }
    /// Row.
    calls { en: "calls made", zh: "调用次数" }
    /// Row.
    left_out { en: "left out", zh: "丢弃字段" }
    /// Row.
    held_back { en: "held back", zh: "缓冲" }
    /// How much.
    held(count: Count) { one: "{count} byte, until it was clear that it is an answer", other: "{count} bytes, until it was clear that they are an answer", zh: "{count} 字节，直到确认其为有效回答" }
    /// Row.
    first_byte { en: "first byte", zh: "首字节" }
    /// Row.
    in_all { en: "in all", zh: "总耗时" }
    /// Row.
    tokens { en: "tokens", zh: "Token" }
    /// Tokens by kind.
    token_counts(input: &str, read: &str, write: &str, output: &str) { en: "{input} in, {read} from cache, {write} to cache, {output} out", zh: "输入 {input}，缓存读取 {read}，缓存写入 {write}，输出 {output}" }
    /// Row.
    error { en: "error", zh: "错误" }
    /// A reason with its end.
    until(words: &str, moment: &str) { en: "{words} until {moment}", zh: "{words}，直到 {moment}" }
    /// Who and why.
    about(label: &str, words: &str) { en: "{label}: {words}", zh: "{label}：{words}" }
    /// A status with what was wrong.
    with_problem(status: u16, problem: &str) { en: "{status} ({problem})", zh: "{status}（{problem}）" }
    /// A call that nobody answered.
    no_answer { en: "no answer", zh: "无应答" }
    /// What came of a call, and when.
    after(outcome: &str, millis: u64) { en: "{outcome} after {millis} ms", zh: "{outcome}，耗时 {millis} ms" }
    /// What followed.
    another { en: "another login was tried", zh: "改用其他账号" }
    /// What followed.
    same_again { en: "its token was renewed and the call made again", zh: "续期令牌后重新调用" }
    /// Between facts about a call.
    then(one: &str, other: &str) { en: "{one}; {other}", zh: "{one}；{other}" }
    /// One of several calls.
    call(number: usize, words: &str) { en: "{number}. {words}", zh: "{number}. {words}" }

    /// A question.
    what { en: "What do you want to ask?", zh: "您想问什么？" }
    /// No question.
    nothing_asked { en: "there is nothing to ask", zh: "没有要问的内容" }
    /// Nobody can answer.
    nobody { en: "nothing is signed in that could answer", zh: "没有可以回答的已登录账号" }
    /// What to do.
    nobody_next { en: "Sign in with `hermes auth add PROVIDER`; see `hermes providers list`.", zh: "请用 `hermes auth add PROVIDER` 登录；提供商见 `hermes providers list`。" }
    /// Nobody has the model.
    unserved(model: &str) { en: "no login serves `{model}`", zh: "没有账号提供 `{model}`" }
    /// What to do.
    unserved_next { en: "See `hermes models`, or name it as `PROVIDER/MODEL`.", zh: "请查看 `hermes models`，或以 `PROVIDER/MODEL` 的形式指定。" }
    /// A provider whose models are not known.
    no_known_model(provider: &str) { en: "no model of `{provider}` is known", zh: "不知道 `{provider}` 有哪些模型" }
    /// What to do.
    no_known_model_next(provider: &str) { en: "Name one with `-m {provider}/MODEL`.", zh: "请用 `-m {provider}/MODEL` 指定。" }
    /// No port at all.
    no_port { en: "no local port is free", zh: "没有空闲的本地端口" }
    /// The answer was cut.
    broken(why: &str) { en: "the answer broke off: {why}", zh: "回答中断：{why}" }
    /// The provider ended it without a word.
    ended { en: "the provider ended the answer", zh: "提供商终止了回答" }
    /// The gateway said nothing but a number.
    answered(status: u16) { en: "the gateway answered {status}", zh: "网关返回 {status}" }
    /// What to do.
    see_status { en: "See `hermes auth status`.", zh: "请查看 `hermes auth status`。" }

    /// No models.
    no_models { en: "No models yet. Sign in with `hermes auth add PROVIDER`; see `hermes providers list`.", zh: "还没有模型。请用 `hermes auth add PROVIDER` 登录；提供商见 `hermes providers list`。" }
    /// While providers are asked for their models.
    asking_models { en: "Asking the providers for their models", zh: "正在向提供商询问模型" }
    /// A list that did not come; `why` is in English.
    models_not_told(provider: &str, why: &str) { en: "{provider} did not tell its models: {why}. What it told before is kept.", zh: "{provider} 未告知其模型：{why}。之前获知的内容已保留。" }
    /// What an alias stands for.
    alias_of(model: &str) { en: "alias of {model}", zh: "{model} 的别名" }
}
