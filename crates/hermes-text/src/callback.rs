//! The page that the browser shows when it comes back from a login.

messages! {
    /// Title: it worked.
    signed_in { en: "Signed in", zh: "登录成功" }
    /// What it means.
    signed_in_to(provider: &str) { en: "You are signed in to {provider}. You can close this page.", zh: "您已登录 {provider}，可以关闭此页面。" }
    /// Title: it failed.
    not_signed_in { en: "Not signed in", zh: "未登录" }
    /// Title: this was not it.
    waiting { en: "Still waiting", zh: "仍在等待" }
    /// Why, and what goes on.
    waiting_after(message: &str) { en: "{message}. The login still waits for the page that was opened for it.", zh: "{message}。登录仍在等待为其打开的页面。" }
    /// A poll came too early.
    not_yet { en: "Not yet", zh: "尚未完成" }
    /// What happened, and what to do.
    failed(message: &str, hint: &str) { en: "{message}. {hint}", zh: "{message}。{hint}" }
    /// Title: asked by another name.
    wrong_host { en: "Wrong host", zh: "主机错误" }
    /// Why.
    only_a_login { en: "This address is only for a login.", zh: "此地址仅用于登录。" }
    /// Title: another path.
    not_found { en: "Not found", zh: "未找到" }
    /// What it means.
    nothing_here { en: "There is nothing here.", zh: "这里没有内容。" }
    /// Title: another method.
    not_allowed { en: "Not allowed", zh: "不允许" }
    /// Why.
    only_get { en: "Only GET is answered here.", zh: "此处只接受 GET 请求。" }
    /// A malformed callback.
    twice { en: "One of the parameters comes twice.", zh: "有参数重复出现。" }
    /// A callback without anything.
    no_code { en: "This address carries no sign-in code.", zh: "此地址不含登录代码。" }
    /// Title: a second one.
    already_used { en: "Already used", zh: "已使用" }
    /// What it means.
    answered { en: "This login has already been answered. You can close this page.", zh: "此登录已得到答复，可以关闭此页面。" }
    /// The login is over.
    over { en: "This login has ended; start it again", zh: "此登录已结束，请重新开始" }
    /// Nobody waits.
    ended { en: "The program that waited for this login has ended.", zh: "等待此登录的程序已结束。" }
}
