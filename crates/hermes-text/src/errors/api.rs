//! Why the dashboard or its API did not do what was asked.

use std::fmt::Display;

messages! {
    /// No session.
    unauthorized { en: "Unauthorized", zh: "未授权" }
    /// How to get one.
    unauthorized_next { en: "Open the link that `hermes dashboard` prints.", zh: "请打开 `hermes dashboard` 给出的链接。" }
    /// Nothing is there.
    not_found { en: "there is nothing at this address", zh: "此地址没有内容" }
    /// No such file of ours.
    no_file { en: "there is no such file", zh: "没有此文件" }
    /// GET where POST is meant.
    wrong_method { en: "this address takes another method", zh: "此地址需要其他请求方法" }
    /// More than is sent at once.
    page_too_long { en: "this page is too long", zh: "此页面过长" }
    /// The program is about to end.
    ending { en: "the program is about to end", zh: "程序即将结束" }
}

// What a request brings.
messages! {
    /// No query.
    bad_query { en: "the part of the address behind `?` cannot be read", zh: "无法读取地址中 `?` 之后的部分" }
    /// Too many bytes.
    body_too_large { en: "the body is longer than 1 MiB, or broke off", zh: "请求正文超过 1 MiB，或传输中断" }
    /// Another type.
    not_json { en: "the body must be JSON, with the content type `application/json`", zh: "请求正文必须是 JSON，内容类型为 `application/json`" }
    /// JSON of another kind.
    not_object { en: "the body must be a JSON object", zh: "请求正文必须是 JSON 对象" }
    /// No JSON.
    bad_body(line: usize, column: usize) { en: "the body cannot be read at line {line}, column {column}", zh: "无法读取请求正文的第 {line} 行第 {column} 列" }
    /// A number that is out of range.
    bad_limit(most: u32) { en: "the limit is 1 to {most}", zh: "limit 须为 1 到 {most}" }
    /// No id.
    not_id(what: &str) { en: "`{what}` is no id", zh: "`{what}` 不是 id" }
    /// A range that is none.
    bad_range { en: "`range` is 24h, 7d or 30d, and `by` is credential, model or key", zh: "`range` 为 24h、7d 或 30d，`by` 为 credential、model 或 key" }
    /// A weight that is out of range.
    bad_weight(most: u32) { en: "a weight is 1 to {most}", zh: "权重须为 1 到 {most}" }
    /// Nothing has the id.
    no_request { en: "no request has this id", zh: "没有此 id 的请求" }
    /// Nothing has the id.
    no_key { en: "no key has this id", zh: "没有此 id 的密钥" }
    /// Nothing has the id.
    no_credential { en: "no login has this id", zh: "没有此 id 的登录" }
}

// Logins.
messages! {
    /// No such login, for one who submits.
    unknown_session { en: "Unknown or expired session", zh: "登录会话未知或已过期" }
    /// No such login, for one who asks.
    no_session { en: "Session not found or expired", zh: "未找到登录会话或已过期" }
    /// No such login, for one who cancels.
    session_gone { en: "session not found", zh: "未找到登录会话" }
    /// No such provider.
    unknown_provider(name: &str) { en: "Unknown provider {name}", zh: "未知的提供商 {name}" }
    /// Another one's login.
    provider_mismatch { en: "Provider mismatch for session", zh: "登录会话与提供商不符" }
    /// A method without an engine.
    unsupported_flow { en: "Unsupported flow", zh: "不支持的登录流程" }
    /// The same, of a method that is listed.
    no_engine(name: &str) { en: "this version has no engine for the flow `{name}`", zh: "此版本没有用于登录流程 `{name}` 的引擎" }
    /// No key is there.
    no_variable(provider: impl Display) { en: "no key of `{provider}` is in such a variable", zh: "该变量中没有 `{provider}` 的密钥" }
    /// An empty answer.
    nothing_submitted { en: "neither a code nor a key was sent", zh: "既未发送代码，也未发送密钥" }
    /// Another kind of answer.
    submit_unsupported(provider: impl Display) { en: "submit not supported for {provider}", zh: "{provider} 不支持提交" }
    /// A setting that is not followed.
    ignored(setting: &str, why: &str) { en: "{setting} is ignored: {why}", zh: "{setting} 未生效：{why}" }
}

// Sessions.
messages! {
    /// Neither of the two.
    begin_body { en: "the body must hold `code` or `password`, one of the two", zh: "请求正文须含有 `code` 或 `password`，二者取一" }
    /// A link that is no good.
    code_unknown { en: "this link was used before, or is older than a minute", zh: "此链接已被使用，或已超过一分钟" }
    /// Another link.
    code_unknown_next { en: "Get a new one with `hermes dashboard`.", zh: "请用 `hermes dashboard` 获取新链接。" }
    /// A password over an open line.
    password_not_here { en: "a password signs in only where Hermes is reached through TLS by one of `allowed_hosts`", zh: "只有通过 TLS 以 `allowed_hosts` 之一访问 Hermes 时，才能用密码登录" }
    /// Another password.
    password_wrong { en: "this is not the password", zh: "密码不正确" }
    /// How to set one.
    password_wrong_next { en: "Set another with `hermes dashboard password` where Hermes runs.", zh: "请在运行 Hermes 的机器上用 `hermes dashboard password` 重新设置。" }
    /// Too long ago.
    sign_in_again { en: "this is done only within ten minutes of signing in here", zh: "此操作只能在登录后十分钟内进行" }
    /// Once more.
    sign_in_again_next { en: "Open a new link with `hermes dashboard`, and do it again.", zh: "请用 `hermes dashboard` 打开新链接，然后重新操作。" }
    /// The same, where a password is taken.
    sign_in_again_far_next { en: "Sign in once more with the password, or open a new link with `hermes dashboard`, and do it again.", zh: "请用密码再次登录，或用 `hermes dashboard` 打开新链接，然后重新操作。" }
    /// The store broke.
    store_failed { en: "the store failed", zh: "存储出错" }
    /// What to do about it.
    store_failed_next { en: "What happened is in the log of `hermes up`; `hermes doctor` looks at the store.", zh: "详情见 `hermes up` 的日志；可用 `hermes doctor` 检查存储。" }
    /// Guesses.
    many_passwords { en: "too many wrong passwords were sent", zh: "错误密码次数过多" }
    /// Guesses.
    many_codes { en: "too many wrong codes or tokens from this address", zh: "来自此地址的错误代码或令牌过多" }
    /// The password's place.
    stretch(reason: impl Display) { en: "the password cannot be stretched: {reason}", zh: "无法派生密码：{reason}" }
    /// What is kept of it.
    password_damaged { en: "what is kept of the dashboard's password is damaged; set it again with `hermes dashboard password`", zh: "已保存的控制台密码信息已损坏；请用 `hermes dashboard password` 重新设置" }
}
