//! `hermes auth add`, `finish` and `cancel`. What the sign-in dialog of the dashboard says too stands in [`crate::login`].

messages! {
    /// A provider that takes no key.
    needless(provider: &str) { en: "`{provider}` needs no login: it takes no key", zh: "`{provider}` 无需登录：它不使用密钥" }
    /// What to do.
    needless_next(provider: &str) { en: "Use it right away, as with `hermes chat -m {provider}/MODEL`; if it wants a key, name its variable with `key_env` in `[endpoints]`.", zh: "可以直接使用，例如 `hermes chat -m {provider}/MODEL`；如果它需要密钥，请在 `[endpoints]` 中用 `key_env` 指定变量名。" }
    /// A method without a key, with a key.
    no_key_method(method: &str) { en: "`--method {method}` takes no API key", zh: "`--method {method}` 不使用 API 密钥" }
    /// What to do.
    no_key_method_next { en: "Leave out `--method`, or the option that names the key.", zh: "请去掉 `--method`，或去掉指定密钥的选项。" }
    /// Restricted, and nobody agrees.
    restricted(provider: &str, rule: &str) { en: "{provider} restricts this login, and nobody is here to agree: {rule}", zh: "{provider} 限制此登录方式，且无人在场确认：{rule}" }
    /// What to do.
    restricted_next { en: "Read the rule; if you accept its consequences, add `--accept-terms`.", zh: "请阅读该规定；如果接受其后果，请添加 `--accept-terms`。" }
    /// A question.
    agree { en: "The provider restricts this. Type `yes` to sign in all the same", zh: "提供商限制此登录方式。输入 `yes` 或“是”仍然登录" }
    /// The answer was no.
    not_agreed { en: "not agreed, nothing was stored", zh: "未同意，未保存任何内容" }
    /// The system hands on no signals.
    no_signals { en: "signals cannot be caught", zh: "无法捕获信号" }
    /// No port for the browser to come back to.
    no_port(problem: &str) { en: "no port for the browser's answer ({problem}); paste the code instead", zh: "没有可用端口接收浏览器的返回（{problem}）；请改为粘贴代码" }
    /// A login that waits no longer.
    timeout { en: "the login was not approved within the time given", zh: "登录未在指定时间内获得批准" }
    /// What to do.
    timeout_next(id: &str) { en: "It can still be approved; then run `hermes auth finish {id}` again.", zh: "仍可批准；之后请再次运行 `hermes auth finish {id}`。" }
    /// A login whose time is over.
    too_late { en: "the login was not approved in time", zh: "登录未及时获得批准" }
    /// Cancelled on demand.
    cancelled { en: "Cancelled the login; nothing was stored", zh: "已取消登录，未保存任何内容" }
    /// Not the id of a login that was started.
    no_id(text: &str) { en: "`{text}` is not a login id", zh: "`{text}` 不是登录 ID" }
    /// What to do.
    no_id_next { en: "Use the id that `hermes auth add --start` printed.", zh: "请使用 `hermes auth add --start` 输出的 ID。" }
    /// A key was stored.
    key_stored(provider: &str, label: &str) { en: "Stored the key for {provider} as \"{label}\"", zh: "已保存 {provider} 的密钥，标签为“{label}”" }
    /// A key was replaced.
    key_replaced(provider: &str, label: &str) { en: "Replaced the key of {provider} \"{label}\"", zh: "已更新 {provider} 账号“{label}”的密钥" }
    /// A login was stored.
    signed_in(provider: &str, label: &str) { en: "Signed in to {provider} as \"{label}\"", zh: "已登录 {provider}，标签为“{label}”" }
    /// A login was renewed by signing in.
    signed_in_again(provider: &str, label: &str) { en: "Signed in to {provider} again as \"{label}\"", zh: "已重新登录 {provider} 账号“{label}”" }
    /// What one does then.
    next { en: "Next: `hermes chat \"hello\"` to try it, `hermes up` to serve it to your programs.", zh: "下一步：运行 `hermes chat \"hello\"` 试用，或运行 `hermes up` 供您的程序使用。" }

    /// No terminal for a key.
    key_unasked { en: "an API key is needed, and there is no terminal to ask for it", zh: "需要 API 密钥，但没有可供输入的终端" }
    /// What to do.
    key_unasked_next { en: "Use `--api-key-stdin`, `--api-key-file FILE` or `--from-env NAME`.", zh: "请使用 `--api-key-stdin`、`--api-key-file FILE` 或 `--from-env NAME`。" }
    /// No terminal for a code.
    code_unasked { en: "this login ends with a code to paste, and there is no terminal to ask for it", zh: "此登录最后需要粘贴代码，但没有可供输入的终端" }
    /// What to do.
    code_unasked_next { en: "Use `--start` now and `hermes auth finish ID --code-stdin` later, or `--code-stdin` if the code comes on stdin.", zh: "请先使用 `--start`，之后运行 `hermes auth finish ID --code-stdin`；如果代码来自标准输入，请使用 `--code-stdin`。" }
    /// A code that nobody wants.
    code_needless { en: "`--code-stdin` is for logins that end with a code to paste; this one needs none", zh: "`--code-stdin` 用于需要粘贴代码的登录；此登录不需要" }
    /// A file that cannot be opened.
    key_file_unread(why: &str) { en: "the key file cannot be read: {why}", zh: "无法读取密钥文件：{why}" }
    /// A variable that is not there.
    not_set(name: &str) { en: "the environment variable `{name}` is not set", zh: "环境变量 `{name}` 未设置" }
    /// A variable that could be taken.
    is_set(name: &str) { en: "`{name}` is set; `--from-env {name}` would take the key from there", zh: "`{name}` 已设置；使用 `--from-env {name}` 可从中读取密钥" }
    /// A question.
    key { en: "API key (hidden)", zh: "API 密钥（不显示）" }
    /// A key that the login does not take.
    key_not_taken { en: "the key was not taken", zh: "密钥未被接受" }
    /// Nothing was piped in.
    no_code { en: "stdin holds no code", zh: "标准输入中没有代码" }
    /// A callback of another login.
    other_callback { en: "the browser came back with something else; still waiting", zh: "浏览器返回了其他内容，仍在等待" }
    /// The line that counts down.
    waiting(left: &str) { en: "Waiting for your approval, {left} left ", zh: "等待您批准，剩余 {left} " }

    /// Which login begins.
    begins(provider: &str, method: &str) { en: "Signing in to {provider} ({method})", zh: "正在登录 {provider}（{method}）" }
    /// Which login begins, in which region.
    begins_in(provider: &str, method: &str, region: &str) { en: "Signing in to {provider} ({method}, region {region})", zh: "正在登录 {provider}（{method}，区域 {region}）" }
    /// A step of several.
    step(number: u32, words: &str) { en: "{number}. {words}:", zh: "{number}. {words}：" }
    /// A step on its own.
    only_step(words: &str) { en: "{words}:", zh: "{words}：" }
    /// When it is over.
    ends(when: &str) { en: "It ends {when}.", zh: "{when}失效。" }
    /// The link for a browser elsewhere.
    elsewhere { en: "On another machine, open this one instead:", zh: "如在另一台机器上，请改为打开：" }
    /// Pasting works too.
    or_paste { en: "Or paste the code, or the address of the page you end on, here and press Enter.", zh: "也可以在此粘贴代码或最后所在页面的地址，然后按 Enter。" }
    /// Pasting is the way.
    then_paste { en: "Then paste the code that the page shows, or the page's address, here and press Enter.", zh: "然后在此粘贴页面显示的代码或页面地址，并按 Enter。" }
    /// How keys begin.
    key_begins(prefixes: &str) { en: "Keys begin with {prefixes}.", zh: "密钥以 {prefixes} 开头。" }
    /// Between beginnings of keys.
    or { en: " or ", zh: " 或 " }
    /// The browser was started.
    opened { en: "The page was opened in your browser.", zh: "已在浏览器中打开该页面。" }
    /// A login for another process to finish: the link.
    open { en: "open:", zh: "打开：" }
    /// Its code.
    code { en: "code:", zh: "代码：" }
    /// Its id.
    id { en: "login:", zh: "登录：" }
    /// What to do then.
    finish(command: &str, when: &str) { en: "Finish it with `{command}`; it ends {when}.", zh: "请用 `{command}` 完成登录；{when}失效。" }
}
