//! What is wrong with `config.toml`.

messages! {
    /// Where something is wrong, and what.
    invalid(file: &str, line: usize, problem: &str) { en: "`{file}` line {line}: {problem}", zh: "`{file}` 第 {line} 行：{problem}" }
    /// It exists and cannot be read.
    unreadable(file: &str, why: &str) { en: "`{file}` cannot be read: {why}", zh: "无法读取 `{file}`：{why}" }
    /// What to do.
    next { en: "Correct the file, then see `hermes config show --origin`.", zh: "请修正文件，然后运行 `hermes config show --origin` 查看。" }
    /// Bytes that are no text.
    not_text { en: "it is not UTF-8", zh: "不是 UTF-8 文本" }
    /// A key, and what is wrong with it.
    key(key: &str, problem: &str) { en: "`{key}`: {problem}", zh: "`{key}`：{problem}" }
    /// Not an address to listen on.
    bad_listen(text: &str, example: &str) { en: "`listen`: `{text}` is not an address such as `{example}`", zh: "`listen`：`{text}` 不是形如 `{example}` 的地址" }
    /// Not a URL.
    bad_url(key: &str, text: &str) { en: "`{key}`: `{text}` is not a URL", zh: "`{key}`：`{text}` 不是 URL" }
    /// Not the address of a database. The text may hold a password and is not repeated.
    bad_store(example: &str) { en: "`url`: it is not an address such as `{example}`", zh: "`url`：不是形如 `{example}` 的地址" }
    /// One of two files.
    beside(key: &str, other: &str) { en: "`{key}` needs `{other}` beside it", zh: "`{key}` 需要同时设置 `{other}`" }
    /// Both ways of TLS.
    two_ways { en: "`behind_proxy`: either the proxy speaks TLS with the clients, or `tls_cert` is for that", zh: "`behind_proxy`：要么由代理与客户端建立 TLS，要么使用 `tls_cert`，不能同时使用" }
    /// Not a network.
    bad_proxy(problem: &str) { en: "`trusted_proxies`: {problem}", zh: "`trusted_proxies`：{problem}" }
}
