//! `hermes up`, `dashboard` and what both say of other machines.

messages! {
    /// Where it is.
    listens_on(url: &str) { en: "Hermes listens on {url}", zh: "Hermes 正在监听 {url}" }
    /// Other machines too.
    reached_at(address: &str) { en: "  Other machines reach it, at {address}.", zh: "  其他机器可通过 {address} 访问。" }
    /// The first key.
    client_key(key: &str) { en: "Client key: {key}", zh: "客户端密钥：{key}" }
    /// It is not shown again.
    key_once { en: "  This is the only time it is shown; make others with `hermes key create NAME`.", zh: "  仅显示这一次；用 `hermes key create NAME` 可创建其他密钥。" }
    /// There is one already.
    key_known { en: "Clients use the key you have; `hermes key create NAME` makes another.", zh: "客户端使用您已有的密钥；用 `hermes key create NAME` 可另行创建。" }
    /// Where the dashboard is.
    dashboard(link: &str) { en: "Dashboard:  {link}", zh: "控制台：    {link}" }
    /// How the link works.
    link_once { en: "  The link works once, within a minute; `hermes dashboard` opens it again at any time.", zh: "  该链接一分钟内有效，只能使用一次；随时可用 `hermes dashboard` 再次打开。" }
    /// About the store.
    store(words: &str) { en: "Store: {words}", zh: "存储：{words}" }
    /// A store that may go away.
    store_shared(place: &str) { en: "Store: {place}. If it goes away, tokens that are still good are served, and none is renewed until it is back.", zh: "存储：{place}。如果它不可用，仍会提供有效的令牌，但在恢复之前不会续期。" }
    /// A store in doubt.
    served_all_the_same(next: &str) { en: "  Keys, and tokens until they end, are served all the same. {next}", zh: "  密钥和未到期的令牌仍会照常提供。{next}" }
    /// No login.
    no_logins { en: "No logins yet: sign in with `hermes auth add PROVIDER`, this gateway will notice.", zh: "尚未登录任何账号：请用 `hermes auth add PROVIDER` 登录，网关会自动识别。" }
    /// How to end it.
    stop_with { en: "Stop with Ctrl-C.", zh: "按 Ctrl-C 停止。" }
    /// After the first signal.
    stopping { en: "Stopping: open streams may end, nothing new is taken. Once more to stop at once.", zh: "正在停止：等待进行中的流结束，不再接受新请求。再按一次立即停止。" }
    /// After the second one.
    cut { en: "stopped at once; open streams were cut", zh: "已立即停止；进行中的流被切断" }
    /// It ended well.
    stopped { en: "Stopped; every stream has ended and nothing is lost.", zh: "已停止；所有流均已结束，没有丢失任何内容。" }
    /// A listener that cannot say where it is.
    no_address { en: "the listener has no address", zh: "监听器没有地址" }
    /// The port is taken.
    in_use(address: &str, port: u16) { en: "`{address}` is already in use: another program holds port {port}", zh: "`{address}` 已被占用：另一个程序正在使用端口 {port}" }
    /// What to do.
    in_use_next(other: &str) { en: "Perhaps `hermes up` runs already: see `hermes`. Otherwise choose another port, such as `hermes up --listen {other}`.", zh: "`hermes up` 可能已在运行：请运行 `hermes` 查看。否则请换一个端口，例如 `hermes up --listen {other}`。" }
    /// The port is not for everyone.
    forbidden(port: u16) { en: "port {port} needs rights this user does not have", zh: "当前用户无权使用端口 {port}" }
    /// What to do.
    forbidden_next { en: "Choose a port above 1023 with `--listen`.", zh: "请用 `--listen` 选择大于 1023 的端口。" }
    /// Anything else.
    not_bound(address: &str) { en: "cannot listen on {address}", zh: "无法监听 {address}" }
    /// An alias that names no model.
    bad_route(file: &str, alias: &str) { en: "`{file}`: `routes.{alias}` must be `PROVIDER/MODEL`", zh: "`{file}`：`routes.{alias}` 必须为 `PROVIDER/MODEL`" }

    /// Nothing runs there.
    not_running(address: &str) { en: "nothing listens on `{address}`", zh: "没有程序在监听 `{address}`" }
    /// What to do.
    not_running_next { en: "Start it with `hermes up`; if it listens elsewhere, say where with `--listen`.", zh: "请用 `hermes up` 启动；如果监听在其他地址，请用 `--listen` 指定。" }
    /// The browser was started.
    opened { en: "Opened in your browser; the link works once, within a minute.", zh: "已在浏览器中打开；该链接一分钟内有效，只能使用一次。" }
    /// The person opens it.
    open_it { en: "Open it in a browser on this machine; it works once, within a minute.", zh: "请在本机浏览器中打开；一分钟内有效，只能使用一次。" }
    /// Nobody to sign out.
    nobody { en: "Nobody was signed in to the dashboard", zh: "没有人登录控制台" }
    /// Signed out.
    ended(count: Count) { one: "Ended {count} dashboard session", other: "Ended {count} dashboard sessions", zh: "已结束 {count} 个控制台会话" }
    /// A password that cannot be one.
    bad_password(problem: &str) { en: "the password {problem}", zh: "密码不符合要求：{problem}" }
    /// What can.
    bad_password_next { en: "A sentence, or what a password manager makes, is long enough.", zh: "一句话，或密码管理器生成的密码，长度就足够。" }
    /// Set.
    password_set { en: "Set the password of the dashboard", zh: "已设置控制台密码" }
    /// Set, and signed out.
    password_set_ended(count: Count) { one: "Set the password of the dashboard, and ended {count} session", other: "Set the password of the dashboard, and ended {count} sessions", zh: "已设置控制台密码，并结束 {count} 个会话" }
    /// No terminal.
    password_unasked { en: "a password is needed, and there is no terminal to ask for it", zh: "需要密码，但没有可供输入的终端" }
    /// What to do.
    password_unasked_next { en: "Use `--stdin`.", zh: "请使用 `--stdin`。" }
    /// A question.
    password { en: "Password for the dashboard (hidden)", zh: "控制台密码（不显示）" }
    /// A question.
    password_again { en: "The same once more", zh: "再次输入密码" }
    /// The answers differ.
    passwords_differ { en: "the two passwords differ; nothing was changed", zh: "两次输入的密码不一致，未作更改" }
    /// Nothing to remove.
    no_password { en: "No password was set", zh: "没有设置过密码" }
    /// Removed.
    password_removed { en: "Removed the password of the dashboard", zh: "已移除控制台密码" }
    /// Removed, and signed out.
    password_removed_ended(count: Count) { one: "Removed the password of the dashboard, and ended {count} session", other: "Removed the password of the dashboard, and ended {count} sessions", zh: "已移除控制台密码，并结束 {count} 个会话" }

    /// What is missing before others come in.
    tls { en: "TLS", zh: "TLS" }
    /// What to do.
    tls_next { en: "Give `--tls-cert FILE --tls-key FILE`, or `--behind-proxy` if a proxy in front speaks TLS.", zh: "请提供 `--tls-cert FILE --tls-key FILE`；如果由前置代理处理 TLS，请使用 `--behind-proxy`。" }
    /// What is missing.
    name { en: "a name under `allowed_hosts`", zh: "`allowed_hosts` 中的域名" }
    /// What to do.
    name_next { en: "Set `allowed_hosts = [\"hermes.example.com\"]` under `[gateway]` in config.toml, with the port where it is not 443.", zh: "请在 config.toml 的 `[gateway]` 下设置 `allowed_hosts = [\"hermes.example.com\"]`，端口不是 443 时须带上端口。" }
    /// What is missing.
    a_password { en: "a password for the dashboard", zh: "控制台密码" }
    /// What to do.
    a_password_next { en: "Set the password with `hermes dashboard password`.", zh: "请用 `hermes dashboard password` 设置密码。" }
    /// Between the last two things of a list.
    and { en: " and ", zh: "和" }
    /// Others would come in.
    exposed(address: &str, missing: &str) { en: "other machines would reach `{address}`, and that takes {missing}", zh: "其他机器将能访问 `{address}`，这需要 {missing}" }
    /// What to do otherwise.
    here_alone(port: u16) { en: "To serve this machine alone, listen on `127.0.0.1:{port}`; an SSH tunnel reaches that from elsewhere.", zh: "如果只供本机使用，请监听 `127.0.0.1:{port}`；其他地方可通过 SSH 隧道访问。" }
    /// Two sentences.
    sentences(one: &str, other: &str) { en: "{one} {other}", zh: "{one}{other}" }
    /// It has no name.
    no_name(address: &str) { en: "by which name `{address}` is reached is not known", zh: "不知道通过哪个域名访问 `{address}`" }
    /// What to do.
    no_name_next { en: "Set `allowed_hosts` under `[gateway]` in config.toml.", zh: "请在 config.toml 的 `[gateway]` 下设置 `allowed_hosts`。" }
    /// All is there: its own TLS.
    far_with_tls(address: &str, names: &str) { en: "{address} is for other machines too, as {names}, through its own TLS and with a password", zh: "{address} 也供其他机器访问，域名为 {names}，使用自带 TLS 和密码" }
    /// All is there: a proxy.
    far_with_proxy(address: &str, names: &str) { en: "{address} is for other machines too, as {names}, through a proxy that speaks TLS and with a password", zh: "{address} 也供其他机器访问，域名为 {names}，由代理处理 TLS 并使用密码" }
    /// Not a name.
    bad_name(host: &str) { en: "`{host}` under `allowed_hosts` is no name such as `hermes.example.com`", zh: "`allowed_hosts` 中的 `{host}` 不是形如 `hermes.example.com` 的域名" }
    /// What to do.
    bad_name_next { en: "Write it as clients send it in `Host`: the name, and the port where it is not 443.", zh: "请按客户端在 `Host` 中发送的形式填写：域名，端口不是 443 时须带上端口。" }
    /// Not an address.
    bad_address(text: &str, example: &str) { en: "`{text}` is not an address such as `{example}`", zh: "`{text}` 不是形如 `{example}` 的地址" }
}
