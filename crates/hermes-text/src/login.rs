//! The dialog in which a person signs in.

messages! {
    /// Title.
    title(provider: &str) { en: "Sign in to {provider}", zh: "登录 {provider}" }
    /// First step: the page.
    step_open(host: &str) { en: "Open this page on {host}, on any device", zh: "在任意设备上打开 {host} 的这个页面" }
    /// Second step: the code.
    step_code(provider: &str) { en: "Sign in to the {provider} account you want to use, and enter this code", zh: "登录要使用的 {provider} 账号，并输入此代码" }
    /// Only the person's own code may be approved.
    own_code { en: "Approve this code only because you started this login yourself, just now. A code that somebody sends you would sign them in to your account.", zh: "仅当您刚刚亲自发起此登录时才可批准此代码。他人发来的代码会让对方登录您的账号。" }
    /// Name of the code.
    code { en: "code", zh: "代码" }
    /// Name of the link.
    link { en: "link", zh: "链接" }
    /// Text for the QR code.
    qr { en: "QR code of the link", zh: "链接的二维码" }
    /// Opens the QR code.
    show_qr { en: "Use a phone", zh: "用手机打开" }
    /// Opens the page of the provider.
    open(host: &str) { en: "Open {host}", zh: "打开 {host}" }
    /// Before the countdown.
    ends_in { en: "Time left", zh: "剩余时间" }
    /// Starts over.
    new_code { en: "New code", zh: "换一个代码" }
    /// Waits for the person.
    waiting { en: "Waiting for your approval", zh: "等待您批准" }
    /// Browser login, first step.
    step_approve(host: &str) { en: "Open this page on {host} and approve", zh: "打开 {host} 的这个页面并批准" }
    /// The browser comes back by itself.
    comes_back { en: "The login ends by itself when the browser comes back.", zh: "浏览器返回后，登录会自动完成。" }
    /// The link for a browser elsewhere.
    other_machine { en: "The browser is on another machine", zh: "浏览器在另一台机器上" }
    /// What to do then.
    other_machine_next { en: "Open this link there instead. It ends on a page with a code; paste the code below.", zh: "请在那台机器上打开此链接。最后的页面会显示一个代码，请粘贴到下方。" }
    /// The paste box.
    paste_label { en: "Code, or the address of the page you end on", zh: "代码，或最后所在页面的地址" }
    /// What goes into it, in a field that is narrow.
    paste_short { en: "Code or address", zh: "代码或地址" }
    /// Where pasting is the only way.
    paste_next { en: "Then paste the code that the page shows, or the page's address", zh: "然后粘贴页面显示的代码或页面地址" }
    /// Where both ways race.
    paste_or { en: "If nothing happens there, paste here", zh: "如果没有反应，请在此粘贴" }
    /// Hands the pasted code on.
    finish { en: "Finish", zh: "完成登录" }
    /// The key field.
    key_label(provider: &str) { en: "API key of {provider}", zh: "{provider} 的 API 密钥" }
    /// How keys begin.
    key_begins(prefixes: &str) { en: "Keys begin with {prefixes}", zh: "密钥以 {prefixes} 开头" }
    /// The typed key begins otherwise.
    key_odd { en: "This does not look like a key of this provider. It is tried all the same.", zh: "这看起来不像该提供商的密钥，但仍会尝试。" }
    /// The key is tried before it is stored.
    key_checked { en: "The key is tried once against the provider before it is stored, and is never shown again.", zh: "密钥在保存前会向提供商验证一次，之后不再显示。" }
    /// The region is found out by trying.
    key_region { en: "The region is found by trying the key.", zh: "将通过试用密钥自动确定区域。" }
    /// Checks and stores the key.
    key_save { en: "Check and save", zh: "验证并保存" }
    /// Shows what was typed.
    key_show { en: "Show", zh: "显示" }
    /// The account that is signed in already.
    also_signed_in(account: &str) { en: "Signed in already: {account}", zh: "已登录：{account}" }
    /// What happens with a second account.
    two_accounts { en: "The account that your browser is signed in to is the one that is added. For another account use a private window. The same account again only renews its login.", zh: "添加的是浏览器当前登录的账号。如需添加其他账号，请使用无痕窗口。再次登录同一账号只会更新其登录。" }
    /// Cancels truly.
    cancel { en: "Cancel sign-in", zh: "取消登录" }
    /// The end: approved.
    approved { en: "Signed in", zh: "登录成功" }
    /// With the label of the account.
    approved_as(label: &str, provider: &str) { en: "{label} is stored and ready for {provider}.", zh: "{label} 已保存，可用于 {provider}。" }
    /// To the accounts.
    approved_next { en: "See its accounts", zh: "查看账号" }
    /// The end: denied.
    denied { en: "The sign-in was refused", zh: "登录被拒绝" }
    /// What to do.
    denied_next { en: "Nothing was stored. If this was a mistake, start again and approve on the provider's page.", zh: "未保存任何内容。如果是误操作，请重新开始并在提供商页面上批准。" }
    /// The end: expired.
    expired { en: "The time ran out", zh: "已超时" }
    /// What to do.
    expired_next { en: "Nothing was stored. Start again for a new code.", zh: "未保存任何内容。请重新开始以获取新代码。" }
    /// The end: error.
    error { en: "The sign-in failed", zh: "登录失败" }
    /// What to do.
    error_next { en: "Nothing was stored. You can start again.", zh: "未保存任何内容。您可以重新开始。" }
    /// The end: cancelled.
    cancelled { en: "Cancelled", zh: "已取消" }
    /// What it means.
    cancelled_next { en: "Nothing was stored, and a late approval stores nothing either.", zh: "未保存任何内容，之后的批准也不会生效。" }
    /// A login that is not known (any more).
    gone { en: "This sign-in is over", zh: "此登录已结束" }
    /// What to do.
    gone_next { en: "It was finished or cancelled, or its time ran out. Start again under Providers.", zh: "它已完成、被取消或超时。请在“提供商”页面重新开始。" }
}
