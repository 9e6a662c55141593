//! Why a login did not come about, or a token was not renewed.

use std::fmt::Display;

messages! {
    /// Asking what is left of a plan.
    step_quota { en: "asking what is left of the plan", zh: "查询套餐余量" }
    /// A login without an engine.
    unsupported(flow: &str, provider: impl Display) { en: "Unsupported flow `{flow}` of `{provider}`", zh: "不支持 `{provider}` 的登录流程 `{flow}`" }
    /// The row is at fault.
    row(problem: &str) { en: "the catalogue row cannot be used: {problem}", zh: "无法使用目录条目：{problem}" }
    /// The issuer was not reached.
    http(step: &str, source: &str) { en: "{step} failed: {source}", zh: "{step}失败：{source}" }
    /// The issuer said no.
    refused(step: &str, host: &str, status: u16, said: &str) { en: "{step} was refused by `{host}` with status {status}: {said}", zh: "{step}被 `{host}` 拒绝，状态码 {status}：{said}" }
    /// A field is missing.
    incomplete(host: &str, field: &str) { en: "the answer of `{host}` has no usable `{field}`", zh: "`{host}` 的答复中没有可用的 `{field}`" }
    /// A web page where JSON should be.
    not_json(host: &str, step: &str, status: u16, said: &str) { en: "`{host}` answered {step} with status {status} and something that is not JSON: {said}", zh: "{step}时，`{host}` 以状态码 {status} 答复，但内容不是 JSON：{said}" }
    /// Another login's answer.
    state_mismatch { en: "the answer belongs to another login: its `state` is not the one that was sent", zh: "该答复属于另一次登录：其中的 `state` 与发出的不一致" }
    /// The person said no.
    denied(host: &str) { en: "the login was denied at `{host}`", zh: "登录在 `{host}` 被拒绝" }
    /// The page said no.
    declined(host: &str, said: &str) { en: "the sign-in page of `{host}` ended with an error: {said}", zh: "`{host}` 的登录页面以错误结束：{said}" }
    /// Nobody approved.
    expired { en: "the login was not approved in time", zh: "登录未在限定时间内获得批准" }
    /// Too often.
    rate_limited(host: &str) { en: "`{host}` limits how often a login may be tried", zh: "`{host}` 限制了尝试登录的频率" }
    /// A code was sent and nothing came.
    answer_lost(host: &str) { en: "the answer of `{host}` was lost after a single-use code was sent", zh: "一次性代码已发出，但 `{host}` 的答复丢失" }
    /// A link that is not shown.
    unsafe_link(host: &str, why: &str) { en: "`{host}` sent a sign-in link that is not safe to open: {why}", zh: "`{host}` 发来的登录链接不安全，不应打开：{why}" }
    /// Pasted text that is no code.
    paste(why: &str) { en: "the pasted text cannot be used: {why}", zh: "无法使用粘贴的文本：{why}" }
    /// A callback that no issuer sends.
    callback(why: &str) { en: "the callback was refused: {why}", zh: "回调被拒绝：{why}" }
    /// No key.
    key_shape(why: &str) { en: "the key cannot be used: {why}", zh: "无法使用该密钥：{why}" }
    /// A bad key.
    key_rejected(host: &str, status: u16, said: &str) { en: "`{host}` refused the key with status {status}: {said}", zh: "`{host}` 拒绝了该密钥，状态码 {status}：{said}" }
    /// No port.
    listen(problem: &str) { en: "no callback port could be opened on this machine: {problem}", zh: "无法在本机打开回调端口：{problem}" }
    /// It is over.
    finished { en: "this login attempt has already ended", zh: "此次登录已经结束" }
    /// Its code is spent.
    spent { en: "the code of this login has been sent once already, and it cannot be sent again", zh: "此次登录的代码已经发送过一次，不能再次发送" }
    /// Another kind of key.
    other_kind(method: &str, fits: &str) { en: "the key is not one of login method `{method}`; it looks like one of `{fits}`", zh: "该密钥不属于登录方式 `{method}`，看起来属于 `{fits}`" }
    /// Another kind of input.
    wrong_input(given: &str) { en: "this login attempt does not take {given}", zh: "此次登录不接受{given}" }
    /// A stored attempt that is no good.
    bad_state(why: &str) { en: "the stored login attempt cannot be continued: {why}", zh: "无法继续已保存的登录：{why}" }
}

// What was being done.
messages! {
    /// The first call of a login with a code.
    step_code { en: "asking for a sign-in code", zh: "请求登录代码" }
    /// A poll.
    step_poll { en: "asking whether the login was approved", zh: "查询登录是否已获批准" }
    /// The last call of a login.
    step_exchange { en: "exchanging the code for tokens", zh: "用代码换取令牌" }
    /// A login that makes a key.
    step_mint { en: "making an API key", zh: "生成 API 密钥" }
    /// A login is ended.
    step_revoke { en: "ending the login at the provider", zh: "在提供商处终止登录" }
    /// A login is ended, and the provider says no.
    step_end { en: "ending the login", zh: "终止登录" }
    /// Input of an attempt.
    given_poll { en: "polling", zh: "轮询" }
    /// Input of an attempt.
    given_paste { en: "pasted text", zh: "粘贴的文本" }
    /// Input of an attempt.
    given_callback { en: "a browser callback", zh: "浏览器回调" }
    /// Input of an attempt.
    given_key { en: "an API key", zh: "API 密钥" }
}

// What an issuer said, where it said nothing in words.
messages! {
    /// An empty answer.
    said_nothing { en: "nothing more", zh: "没有更多说明" }
    /// JSON without a known field.
    said_bytes(count: usize) { en: "{count} bytes that name no error", zh: "{count} 字节，未说明错误" }
    /// A status with words.
    answered_words(host: &str, status: u16, said: &str) { en: "`{host}` answered {status}: {said}", zh: "`{host}` 答复 {status}：{said}" }
    /// A status.
    answered(host: &str, status: u16) { en: "`{host}` answered {status}", zh: "`{host}` 答复 {status}" }
    /// A status and a web page.
    answered_no_json(host: &str, status: u16) { en: "`{host}` answered {status} without JSON", zh: "`{host}` 答复 {status}，但没有 JSON" }
    /// A web page.
    sent_no_json(host: &str) { en: "`{host}` sent something that is not JSON", zh: "`{host}` 发来的内容不是 JSON" }
    /// A success that cannot be read.
    answered_with(host: &str, status: u16, problem: &str) { en: "`{host}` answered {status} with {problem}", zh: "`{host}` 答复 {status}，但{problem}" }
    /// The end of it: a web page.
    with_no_json { en: "something that is not JSON", zh: "内容不是 JSON" }
    /// The key's check brought a web page.
    key_no_json(host: &str) { en: "`{host}` did not answer in JSON", zh: "`{host}` 未以 JSON 答复" }
}

// Why pasted text, a callback, a key, a link or a stored attempt is refused.
messages! {
    /// Nothing.
    empty { en: "it is empty", zh: "内容为空" }
    /// Too much.
    too_long { en: "it is longer than 16 KiB", zh: "超过 16 KiB" }
    /// Several things.
    spaces { en: "it holds spaces or line ends", zh: "含有空格或换行" }
    /// Half of it.
    half { en: "one of the two parts around `#` is empty", zh: "`#` 两侧有一部分为空" }
    /// Half of it.
    no_state { en: "the part after `#` is missing", zh: "缺少 `#` 之后的部分" }
    /// No address.
    not_address { en: "it is not a web address", zh: "不是网址" }
    /// Another page.
    other_page { en: "it is not the address of the page where this login ends", zh: "不是此次登录结束页面的地址" }
    /// Another issuer.
    other_issuer { en: "it names another issuer in `iss`", zh: "`iss` 中是另一个签发方" }
    /// A parameter twice.
    twice { en: "one of its parameters comes twice", zh: "有参数重复出现" }
    /// Not to be sent.
    key_characters { en: "it holds spaces, line ends or characters outside ASCII", zh: "含有空格、换行或非 ASCII 字符" }
    /// Of an example.
    key_placeholder { en: "it is a placeholder, not a key", zh: "这是占位文本，不是密钥" }
    /// Too long for a link.
    link_long { en: "it is longer than 2048 bytes", zh: "超过 2048 字节" }
    /// Not for a terminal.
    link_characters { en: "it holds control characters or spaces", zh: "含有控制字符或空格" }
    /// Not with TLS.
    link_scheme(scheme: &str) { en: "it begins with `{scheme}:`, not `https:`", zh: "以 `{scheme}:` 开头，而不是 `https:`" }
    /// With a user.
    link_user { en: "it carries a user name", zh: "含有用户名" }
    /// To elsewhere.
    link_host(host: &str) { en: "`{host}` is not a host of this provider", zh: "`{host}` 不是该提供商的主机" }
    /// A code that is none.
    link_code { en: "its user code holds more than letters, digits and dashes", zh: "其中的用户代码含有字母、数字和连字符以外的字符" }
    /// Damaged.
    state_unreadable { en: "it cannot be read", zh: "无法读取" }
    /// Of another version.
    state_version { en: "another version of this program wrote it", zh: "由本程序的其他版本写入" }
    /// Of another login.
    state_other { en: "it belongs to another login", zh: "属于另一次登录" }
    /// The row has changed.
    state_method { en: "the catalogue's login method has changed since", zh: "目录中的登录方式此后已变更" }
    /// The row's addresses have changed.
    state_addresses { en: "the catalogue now names other addresses for it", zh: "目录中的相关地址此后已变更" }
}

// What is wrong with the row.
messages! {
    /// No way back.
    row_no_way_back { en: "the login has neither a callback nor a page to paste from", zh: "该登录既没有回调，也没有可供粘贴代码的页面" }
    /// No endpoint.
    row_no_endpoint { en: "the user-code login names no endpoints", zh: "用户代码登录未指定端点" }
    /// No host.
    row_no_host(provider: impl Display, method: &str) { en: "`{provider}` names no host for login `{method}`", zh: "`{provider}` 未给登录方式 `{method}` 指定主机" }
    /// No method.
    row_not_method(method: &str) { en: "`{method}` is not an HTTP method", zh: "`{method}` 不是 HTTP 方法" }
    /// No header.
    row_not_header(name: &str) { en: "`{name}` is not a header name", zh: "`{name}` 不是标头名称" }
    /// No address.
    row_not_callback(text: &str, reason: impl Display) { en: "`{text}` is not a callback address: {reason}", zh: "`{text}` 不是回调地址：{reason}" }
    /// Another machine.
    row_not_loopback(host: &str) { en: "callback host `{host}` is not a loopback address", zh: "回调主机 `{host}` 不是回环地址" }
    /// No rule.
    no_refresh_rule(method: &str, provider: impl Display) { en: "login `{method}` of `{provider}` has no refresh rule", zh: "`{provider}` 的登录方式 `{method}` 没有续期规则" }
    /// No endpoint.
    no_token_endpoint(method: &str, provider: impl Display) { en: "login `{method}` of `{provider}` names no token endpoint", zh: "`{provider}` 的登录方式 `{method}` 未指定令牌端点" }
}

// Why there is no new token.
messages! {
    /// The login is over.
    terminal(host: &str, code: &str, said: &str) { en: "`{host}` ended this login (`{code}`): {said}", zh: "`{host}` 终止了此登录（`{code}`）：{said}" }
    /// A passing fault.
    transient(problem: &str) { en: "the token could not be renewed now: {problem}", zh: "目前无法续期令牌：{problem}" }
    /// The lease might have ended.
    too_late { en: "this machine was asleep or too busy while it renewed", zh: "续期期间本机处于休眠或过于繁忙" }
    /// Nothing to renew with.
    no_refresh_token { en: "there is no refresh token", zh: "没有刷新令牌" }
    /// No rule.
    not_possible(problem: &str) { en: "this login cannot be renewed: {problem}", zh: "此登录无法续期：{problem}" }
}

// What to do.
messages! {
    /// Another method.
    unsupported_next { en: "Choose another login method with `--method`, or remove the method from the overlay catalogue.", zh: "请用 `--method` 选择其他登录方式，或从叠加目录中移除该方式。" }
    /// The row.
    row_next { en: "Correct the row in the overlay catalogue, or remove it there.", zh: "请在叠加目录中更正该条目，或将其移除。" }
    /// With suspicion.
    state_mismatch_next { en: "Start the login again, and approve only the page that this program opened. If you did not expect this, somebody may have tried to slip you another account.", zh: "请重新登录，并且只批准本程序打开的页面。如果这出乎您的意料，可能有人试图让您登录他人的账号。" }
    /// Once more, or another account.
    denied_next { en: "Start the login again and approve it, or choose another account.", zh: "请重新登录并批准，或选择其他账号。" }
    /// Once more, faster.
    expired_next { en: "Start the login again and approve it before the countdown ends.", zh: "请重新登录，并在倒计时结束前批准。" }
    /// Later.
    rate_limited_next { en: "Wait a few minutes, then start the login again.", zh: "请等待几分钟，然后重新登录。" }
    /// Then.
    rate_limited_until_next(seconds: u64) { en: "Wait {seconds} s, then start the login again.", zh: "请等待 {seconds} 秒，然后重新登录。" }
    /// Once more.
    answer_lost_next { en: "Start the login again; the code of this attempt cannot be used twice.", zh: "请重新登录；此次登录的代码不能使用两次。" }
    /// With suspicion.
    unsafe_link_next { en: "Nothing was opened. Check for a captive portal or proxy; if it stays so, update this program.", zh: "未打开任何页面。请检查是否有强制门户或代理；如果问题依旧，请更新本程序。" }
    /// Paste once more.
    paste_next { en: "Copy the whole code, or the whole address of the page you ended on, and paste it again.", zh: "请复制完整的代码，或最后所在页面的完整地址，然后重新粘贴。" }
    /// Once more.
    callback_next { en: "Start the login again, and approve only the page that this program opened.", zh: "请重新登录，并且只批准本程序打开的页面。" }
    /// Copy once more.
    key_shape_next { en: "Copy the key from the provider's console again, with nothing before or after it.", zh: "请从提供商的控制台重新复制密钥，前后不要带有其他内容。" }
    /// Another key.
    key_rejected_next { en: "Check that the key belongs to this provider and region and is not revoked, or store it unchecked with `--no-verify`.", zh: "请确认该密钥属于此提供商和区域且未被撤销，或用 `--no-verify` 不经验证直接保存。" }
    /// Another way.
    listen_next { en: "Sign in with `--method paste`, which needs no port.", zh: "请使用 `--method paste` 登录，它不需要端口。" }
    /// Who holds it.
    listen_ports_next(ports: &str) { en: "Another program, perhaps another sign-in tool, holds port {ports}; end it, or sign in with `--method paste`.", zh: "端口 {ports} 被其他程序占用，可能是另一个登录工具；请结束该程序，或使用 `--method paste` 登录。" }
    /// Another input.
    wrong_input_next { en: "See what the login asks for: a code on a web page, a pasted code, or a key.", zh: "请查看此登录所需的内容：网页上的代码、粘贴的代码或密钥。" }
    /// Once more, with suspicion.
    not_json_next { en: "Start the login again. If it stays so, check for a captive portal or proxy, or update this program.", zh: "请重新登录。如果问题依旧，请检查是否有强制门户或代理，或更新本程序。" }
    /// The other method.
    other_kind_next(fits: &str) { en: "Sign in with `--method {fits}`, or take another key.", zh: "请使用 `--method {fits}` 登录，或换用其他密钥。" }
    /// Once more.
    start_again_next { en: "Start the login again with `hermes auth add`.", zh: "请用 `hermes auth add` 重新登录。" }
    /// Later.
    moment_next { en: "Try again in a moment.", zh: "请稍后重试。" }
    /// A new login.
    sign_in_next { en: "Sign in again with `hermes auth add`.", zh: "请用 `hermes auth add` 重新登录。" }
    /// Nothing.
    by_itself_next { en: "Nothing was lost; it is tried again by itself.", zh: "没有任何损失；稍后会自动重试。" }
    /// Nothing, perhaps a new login.
    in_doubt_next { en: "It is tried again by itself; if the provider refuses, sign in again with `hermes auth add`.", zh: "稍后会自动重试；如果提供商拒绝，请用 `hermes auth add` 重新登录。" }
    /// A new login, or the row.
    not_possible_next { en: "Sign in again, or correct the row in the overlay catalogue.", zh: "请重新登录，或在叠加目录中更正该条目。" }
}

// What a person may want to know beside.
messages! {
    /// Polls come too fast for the issuer, again and again.
    note_slow { en: "The provider keeps asking for slower polls; this machine's clock may run fast.", zh: "提供商一再要求放慢轮询；本机时钟可能走得过快。" }
    /// A poll failed.
    note_trying(what: &str) { en: "Still trying: {what}.", zh: "仍在尝试：{what}。" }
    /// Less than was asked.
    note_scopes(scopes: &str) { en: "The provider did not grant `{scopes}`.", zh: "提供商未授予 `{scopes}`。" }
    /// Another provider's key.
    note_other_provider(other: &str, provider: &str) { en: "The key looks like one of {other}, not of {provider}.", zh: "该密钥看起来属于 {other}，而不是 {provider}。" }
    /// A key that begins otherwise.
    note_prefixes(provider: &str, prefixes: &str) { en: "Keys of {provider} usually begin with {prefixes}.", zh: "{provider} 的密钥通常以 {prefixes} 开头。" }
    /// Another method took it.
    note_kept_as(method: &str) { en: "It is kept as: {method}.", zh: "已保存为：{method}。" }
    /// Nobody asked the provider.
    note_unchecked(reason: &str) { en: "The key was not checked: {reason}.", zh: "未验证该密钥：{reason}。" }
    /// There is no way to ask.
    no_check { en: "the provider has no call that tells", zh: "提供商没有可用于验证的接口" }
    /// There is no way for this method.
    no_check_for(method: &str) { en: "the provider has no call that tells for `{method}`", zh: "提供商没有可用于验证 `{method}` 的接口" }
    /// There is no way for this key.
    no_check_for_kind { en: "the provider has no call that tells for this kind of key", zh: "提供商没有可用于验证此类密钥的接口" }
}
