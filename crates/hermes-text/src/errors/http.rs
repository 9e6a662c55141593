//! Why a request got no answer.

use std::fmt::Display;

messages! {
    /// No connection came about.
    connect(host: &str, reason: &str) { en: "could not connect to `{host}`: {reason}", zh: "无法连接到 `{host}`：{reason}" }
    /// The handshake failed, or there are no trust roots.
    tls(host: &str, reason: &str) { en: "no trusted connection to `{host}`: {reason}", zh: "无法与 `{host}` 建立可信连接：{reason}" }
    /// The same, to whatever host.
    tls_anywhere(reason: &str) { en: "no trusted connection to any host: {reason}", zh: "无法与任何主机建立可信连接：{reason}" }
    /// The time ran out.
    timeout(host: &str, seconds: u64) { en: "`{host}` did not answer within {seconds} s", zh: "`{host}` 在 {seconds} 秒内没有答复" }
    /// Cut too early.
    reset(host: &str) { en: "`{host}` closed the connection before the answer was complete", zh: "`{host}` 在答复完成前关闭了连接" }
    /// More bytes than may come.
    too_large(host: &str, limit: usize) { en: "the answer of `{host}` is longer than {limit} bytes", zh: "`{host}` 的答复超过 {limit} 字节" }
    /// It points elsewhere.
    redirected(host: &str, to: &str) { en: "`{host}` redirected to `{to}`, which is not allowed for this call", zh: "`{host}` 重定向到 `{to}`，此调用不允许重定向" }
    /// A lab home knows no such host.
    not_in_lab(host: &str) { en: "`{host}` is not named in the lab map, and a lab home reaches no other host", zh: "实验映射中没有 `{host}`，而实验目录不会连接其他主机" }
    /// The lab map is written wrong.
    bad_lab(entry: &str) { en: "lab map entry `{entry}` is not `host=http://127.0.0.1:PORT` with a loopback address", zh: "实验映射条目 `{entry}` 不是 `host=http://127.0.0.1:PORT` 形式的回环地址" }
    /// The credential belongs elsewhere.
    unbound(origin: impl Display) { en: "the credential may not be sent to `{origin}`", zh: "该凭据不允许发送到 `{origin}`" }
    /// The address is one that is never dialled.
    refused_address(host: &str, address: &str, why: &str) { en: "`{host}` leads to `{address}`, {why}", zh: "`{host}` 指向 `{address}`，即{why}" }
    /// A header that no header can be.
    bad_header(name: &str) { en: "header `{name}` holds characters that a header cannot carry, or is longer than 16 KiB", zh: "标头 `{name}` 含有标头不能携带的字符，或超过 16 KiB" }
    /// An address that cannot be called.
    bad_url(url: &str, why: &str) { en: "`{url}` is not an address that can be called: {why}", zh: "`{url}` 不是可以调用的地址：{why}" }
    /// Not HTTP.
    protocol(host: &str, reason: &str) { en: "`{host}` did not speak HTTP as expected: {reason}", zh: "`{host}` 的 HTTP 应答不符合预期：{reason}" }
    /// The proxy is at fault.
    proxy(host: &str, reason: &str) { en: "the proxy for `{host}` cannot be used: {reason}", zh: "无法使用通往 `{host}` 的代理：{reason}" }
    /// The file of trust roots is at fault.
    ca(path: &str, reason: &str) { en: "the certificate file `{path}` cannot be used: {reason}", zh: "无法使用证书文件 `{path}`：{reason}" }
}

messages! {
    /// No root is known.
    no_roots(reason: &str) { en: "no trusted root certificates: {reason}", zh: "没有可信的根证书：{reason}" }
    /// The reading ended early.
    roots_interrupted { en: "reading them was interrupted", zh: "读取过程被中断" }
    /// The system has none.
    no_root_installed { en: "none is installed", zh: "系统中未安装任何根证书" }
    /// The file has none.
    no_certificate { en: "it holds no certificate", zh: "文件中没有证书" }
}

// Why an address is never dialled, after "the name leads to the address,".
messages! {
    /// A machine that hands out keys of the cloud.
    address_metadata { en: "a cloud metadata address", zh: "云元数据地址" }
    /// Stands for no host.
    address_unspecified { en: "an unspecified address", zh: "未指定地址" }
    /// Of the wire alone.
    address_link_local { en: "a link-local address", zh: "链路本地地址" }
    /// Of many hosts.
    address_multicast { en: "a multicast address", zh: "组播地址" }
    /// Of no host.
    address_reserved { en: "a reserved address", zh: "保留地址" }
    /// Loopback.
    address_this_machine { en: "this machine itself", zh: "本机" }
    /// A name for this machine that leads elsewhere.
    address_not_this_machine { en: "not this machine", zh: "并非本机" }
    /// Of a network that is not public.
    address_private { en: "a private address", zh: "私有地址" }
}

// Why an address cannot be called, or a connection failed.
messages! {
    /// Neither scheme nor host.
    url_not_absolute { en: "it is not absolute", zh: "不是绝对地址" }
    /// No host.
    url_no_host { en: "it names no host", zh: "没有主机名" }
    /// No host, or no port.
    url_no_host_or_port { en: "it names no host or port", zh: "没有主机名或端口" }
    /// User and password in the address.
    url_user_info { en: "it carries user info", zh: "含有用户信息" }
    /// That, or far too long.
    url_user_info_or_long { en: "it carries user info or is longer than 8 KiB", zh: "含有用户信息，或超过 8 KiB" }
    /// The path is no path.
    url_path { en: "its path cannot be sent", zh: "路径无法发送" }
    /// A method that goes to proxies.
    url_connect { en: "CONNECT is not a request to an origin", zh: "CONNECT 不是发往来源服务器的请求" }
    /// Without TLS to elsewhere.
    url_plain { en: "plain http is for this machine only", zh: "明文 http 仅可用于本机" }
    /// Another scheme.
    url_not_https { en: "it is not https", zh: "不是 https" }
    /// The name leads nowhere.
    no_address { en: "the name has no address", zh: "该名称没有对应的地址" }
    /// Nobody answered.
    no_answer { en: "no answer in time", zh: "未及时答复" }
    /// The proxy cannot be told the host.
    proxy_cannot_name { en: "the host cannot be named to it", zh: "无法向其指明该主机" }
    /// Another kind of proxy.
    proxy_scheme(scheme: &str) { en: "`{scheme}` proxies are not supported, use `http` or `socks5h`", zh: "不支持 `{scheme}` 代理，请使用 `http` 或 `socks5h`" }
}

// What to do.
messages! {
    /// The network may be down.
    connect_next { en: "Check the network connection, and `HTTPS_PROXY` if a proxy is needed here; then try again.", zh: "请检查网络连接；如果此处需要代理，请检查 `HTTPS_PROXY`，然后重试。" }
    /// Somebody is in between.
    tls_next { en: "Something between here and the provider may replace its certificate. If that is a company proxy, name its root certificate in `SSL_CERT_FILE`; also check the machine's clock.", zh: "本机与提供商之间可能有设备替换了证书。如果是公司代理，请在 `SSL_CERT_FILE` 中指定其根证书；同时请检查本机时钟。" }
    /// Somebody else answered.
    protocol_next { en: "Something other than the provider may have answered; check for a captive portal or proxy.", zh: "答复的可能不是提供商，请检查是否有强制门户或代理。" }
    /// Somebody else, or a move.
    redirected_next { en: "The provider may have moved; update this program, or check for a captive portal or proxy.", zh: "提供商的地址可能已变更；请更新本程序，或检查是否有强制门户或代理。" }
    /// Name it.
    not_in_lab_next { en: "Add the host to `HERMES_LAB_HOSTS`, or use a normal home.", zh: "请将该主机加入 `HERMES_LAB_HOSTS`，或使用普通目录。" }
    /// How it is written.
    bad_lab_next { en: "Write `HERMES_LAB_HOSTS=\"api.example.com=http://127.0.0.1:9001,...\"`.", zh: "请写成 `HERMES_LAB_HOSTS=\"api.example.com=http://127.0.0.1:9001,...\"`。" }
    /// Sign in for the new place.
    unbound_next { en: "The address in force differs from the one the login was made for; sign in again for the new address.", zh: "当前地址与登录时的地址不同，请针对新地址重新登录。" }
    /// Another address, or say that it is meant.
    refused_address_next { en: "Use a public address; for a server in your own network set `allow_private` for it, for one on this machine write `localhost` or `127.0.0.1`.", zh: "请使用公网地址；对于您自己网络中的服务器，请为其设置 `allow_private`；对于本机上的服务器，请写 `localhost` 或 `127.0.0.1`。" }
    /// Text that fits.
    bad_header_next { en: "Check that key and label are plain text without line breaks.", zh: "请确认密钥和标签是不含换行的纯文本。" }
    /// With TLS.
    bad_url_next { en: "Use an `https://` address; `http://` is for this machine only.", zh: "请使用 `https://` 地址；`http://` 仅可用于本机。" }
    /// Its settings.
    proxy_next { en: "Check `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.", zh: "请检查 `HTTPS_PROXY`、`ALL_PROXY` 和 `NO_PROXY`。" }
    /// Its file.
    ca_next { en: "Check `SSL_CERT_FILE`; it must be a readable PEM file.", zh: "请检查 `SSL_CERT_FILE`，它必须是可读的 PEM 文件。" }
}
