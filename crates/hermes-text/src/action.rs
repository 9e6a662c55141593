//! What buttons say.

messages! {
    /// Copies a text.
    copy { en: "Copy", zh: "复制" }
    /// Copies what is named.
    copy_this(what: &str) { en: "Copy {what}", zh: "复制{what}" }
    /// A text was copied.
    copied { en: "Copied", zh: "已复制" }
    /// Ends a dialog without doing anything.
    cancel { en: "Cancel", zh: "取消" }
    /// Closes a dialog.
    close { en: "Close", zh: "关闭" }
    /// Goes on.
    go_on { en: "Continue", zh: "继续" }
    /// Saves a change.
    save { en: "Save", zh: "保存" }
    /// Tries again.
    try_again { en: "Try again", zh: "重试" }
    /// Starts a login.
    sign_in { en: "Sign in", zh: "登录" }
    /// Starts a login for an account whose login has ended.
    sign_in_again { en: "Sign in again", zh: "重新登录" }
    /// Starts a login for one more account.
    add_account { en: "Add an account", zh: "添加账号" }
    /// Opens a link in a new tab.
    open_page { en: "Open page", zh: "打开页面" }
    /// Leads to a provider's accounts.
    see_accounts { en: "Accounts", zh: "查看账号" }
    /// Opens the menu of an account.
    more(label: &str) { en: "More for {label}", zh: "{label} 的更多操作" }
    /// Renames.
    rename { en: "Rename", zh: "重命名" }
    /// Switches on.
    enable { en: "Enable", zh: "启用" }
    /// Switches off.
    disable { en: "Disable", zh: "停用" }
    /// Renews the token now.
    refresh { en: "Renew token now", zh: "立即续期令牌" }
    /// Asks what is left of the plan.
    check_plan { en: "Check plan", zh: "查询套餐用量" }
    /// Forgets cool-downs.
    reset { en: "Clear cool-downs", zh: "清除冷却" }
    /// Lifts a block.
    use_again { en: "Use again", zh: "恢复使用" }
    /// Deletes the login here.
    remove { en: "Remove", zh: "移除" }
    /// Ends the login at the issuer.
    revoke { en: "Revoke", zh: "撤销" }
    /// Earlier in the order.
    move_up { en: "Move up", zh: "上移" }
    /// Later in the order.
    move_down { en: "Move down", zh: "下移" }
    /// The handle for ordering.
    reorder(place: &str, label: &str) { en: "{place}: move {label}, by dragging or with the arrow keys", zh: "{place}：移动 {label}，可拖动或使用方向键" }
    /// Changes a weight.
    set_weight { en: "Set weight", zh: "设置权重" }
    /// Clears a search field or filters.
    clear { en: "Clear", zh: "清除" }
}
