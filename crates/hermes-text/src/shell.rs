//! The frame around every page, and what its script says.

messages! {
    /// Goes past the navigation.
    skip { en: "Skip to content", zh: "跳到正文" }
    /// Names the navigation.
    navigation { en: "Main", zh: "主导航" }
    /// The language switch.
    language { en: "Language", zh: "语言" }
    /// The theme switch.
    theme { en: "Theme", zh: "主题" }
    /// The system's theme.
    theme_system { en: "System", zh: "跟随系统" }
    /// Light.
    theme_light { en: "Light", zh: "浅色" }
    /// Dark.
    theme_dark { en: "Dark", zh: "深色" }
    /// Ends the session of this tab.
    sign_out { en: "Sign out", zh: "退出" }
    /// While the page's content is on its way.
    loading { en: "Loading", zh: "正在加载" }
    /// Without script.
    no_script { en: "This page needs JavaScript to show your data. It is served by Hermes itself; nothing is loaded from elsewhere.", zh: "此页面需要 JavaScript 才能显示数据。脚本由 Hermes 自身提供，不会从其他地方加载任何内容。" }
    /// Title without a session.
    signed_out { en: "Not signed in", zh: "尚未登录" }
    /// What to do without a session.
    signed_out_next { en: "Run `hermes dashboard` in a terminal on this machine and open the link it prints. The link works once, within a minute.", zh: "在本机终端运行 `hermes dashboard`，打开它输出的链接。该链接一分钟内有效，只能使用一次。" }
    /// Label of the field for the password that signs in from another machine.
    password { en: "Password", zh: "密码" }
    /// What to do without the password.
    password_next { en: "Set it with `hermes dashboard password` where Hermes runs, or open the link that `hermes dashboard` prints there.", zh: "在运行 Hermes 的机器上用 `hermes dashboard password` 设置密码，或打开 `hermes dashboard` 输出的链接。" }
    /// Title, where a session has to be a new one.
    again { en: "Sign in again to go on", zh: "请重新登录以继续" }
    /// Why.
    again_why { en: "You signed in more than ten minutes ago. What cannot be undone asks you once more.", zh: "您登录已超过十分钟。无法撤回的操作需要再次确认身份。" }
    /// How, on this machine.
    again_next { en: "Run `hermes dashboard` in a terminal and open the link it prints. This page then goes on by itself.", zh: "在终端运行 `hermes dashboard` 并打开它输出的链接，此页面会自动继续。" }
    /// The field for the link.
    again_link { en: "Or paste the link here", zh: "或在此粘贴链接" }
    /// The one-time link was refused.
    link_spent { en: "This link was used already or is too old.", zh: "此链接已被使用或已过期。" }
    /// The session ended.
    session_ended { en: "The session has ended.", zh: "会话已结束。" }
    /// No answer from the program.
    offline { en: "Hermes does not answer. Trying again…", zh: "Hermes 没有响应，正在重试…" }
    /// A call failed without words of its own.
    failed { en: "That did not work.", zh: "操作失败。" }
    /// Title of the question before something dangerous.
    are_you_sure { en: "Are you sure?", zh: "确定吗？" }
    /// Something was done.
    done { en: "Done", zh: "已完成" }
    /// A place after moving, read out; the script fills both numbers.
    moved(place: &str, total: &str) { en: "Moved to place {place} of {total}", zh: "已移到第 {place} 位，共 {total} 位" }
    /// Whether the page follows changes by itself.
    live { en: "Live", zh: "实时" }
    /// Names the messages that appear by themselves.
    notices { en: "Notices", zh: "通知" }
    /// The address belongs to no page.
    no_page { en: "There is no such page", zh: "页面不存在" }
    /// What to do then.
    no_page_next { en: "Go to the overview", zh: "前往概览" }

    /// Name of a page.
    overview { en: "Overview", zh: "概览" }
    /// Name of a page.
    providers { en: "Providers", zh: "提供商" }
    /// Name of a page.
    requests { en: "Requests", zh: "请求" }
    /// Name of a page.
    usage { en: "Usage", zh: "用量" }
    /// Name of a page.
    keys { en: "Keys", zh: "密钥" }
    /// Name of a page.
    settings { en: "Settings", zh: "设置" }
}
