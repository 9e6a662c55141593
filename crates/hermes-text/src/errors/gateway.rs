//! Why the gateway could not start or go on.

use std::fmt::Display;

messages! {
    /// The socket failed.
    listen(reason: impl Display) { en: "the listening socket cannot be used: {reason}", zh: "无法使用监听套接字：{reason}" }
    /// A file of the certificate.
    tls_unreadable(file: &str, reason: &str) { en: "`{file}` cannot be read: {reason}", zh: "无法读取 `{file}`：{reason}" }
    /// A file that holds something else; the rest of the sentence.
    tls_unusable(file: &str, problem: &str) { en: "`{file}` {problem}", zh: "`{file}` {problem}" }
    /// Two files that are no pair.
    tls_no_pair(key: &str, certificate: &str) { en: "the key in `{key}` is not that of the certificate in `{certificate}`", zh: "`{key}` 中的密钥与 `{certificate}` 中的证书不匹配" }
    /// Too much for a certificate.
    too_large { en: "it is larger than 1 MiB", zh: "超过 1 MiB" }
    /// No PEM.
    not_pem(reason: impl Display) { en: "is not in PEM form: {reason}", zh: "不是 PEM 格式：{reason}" }
    /// PEM of something else.
    no_certificate { en: "holds no certificate in PEM form", zh: "中没有 PEM 格式的证书" }
    /// A certificate that is no good.
    bad_certificate(reason: impl Display) { en: "holds a certificate that cannot be used: {reason}", zh: "中的证书无法使用：{reason}" }
    /// A key that is no good.
    bad_key(reason: impl Display) { en: "holds a key that cannot be used: {reason}", zh: "中的密钥无法使用：{reason}" }
    /// A key with a passphrase.
    sealed_key { en: "holds a key that is sealed with a passphrase", zh: "中的密钥由口令保护" }
    /// PEM of something else.
    no_key { en: "holds no private key in PEM form (PKCS#8, PKCS#1 or SEC1)", zh: "中没有 PEM 格式的私钥（PKCS#8、PKCS#1 或 SEC1）" }

    /// Another address.
    listen_next { en: "Choose another address with `--listen`.", zh: "请用 `--listen` 选择其他地址。" }
    /// The right files.
    tls_next { en: "Give the certificate chain, the server's own first, and its key without a passphrase, both in PEM form.", zh: "请提供证书链（服务器自身的证书在最前）及其不带口令的密钥，两者均为 PEM 格式。" }
}
