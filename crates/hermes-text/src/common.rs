//! Words that several areas share.

use crate::Lang;

messages! {
    /// The program's name.
    hermes { en: "Hermes", zh: "Hermes" }
    /// A provider.
    provider { en: "Provider", zh: "提供商" }
    /// A stored login.
    account { en: "Account", zh: "账号" }
    /// A model.
    model { en: "Model", zh: "模型" }
    /// A client key of the gateway.
    client_key { en: "Client key", zh: "客户端密钥" }
    /// A label.
    label { en: "Label", zh: "标签" }
    /// A name.
    name { en: "Name", zh: "名称" }
    /// Status.
    status { en: "Status", zh: "状态" }
    /// A region.
    region { en: "Region", zh: "区域" }
    /// A plan.
    plan { en: "Plan", zh: "套餐" }
    /// How use is paid for.
    billing { en: "Billing", zh: "计费方式" }
    /// A login method.
    method { en: "Method", zh: "登录方式" }
    /// A moment.
    when { en: "When", zh: "时间" }
    /// Tokens of a model, as a column.
    tokens { en: "Tokens", zh: "Token" }
    /// Tokens of a model, in short.
    tokens_counted(amount: &str) { en: "{amount} tokens", zh: "{amount} Token" }
    /// Requests, as a column.
    requests { en: "Requests", zh: "请求" }
    /// Requests, counted.
    requests_counted(count: Count) { one: "{count} request", other: "{count} requests", zh: "{count} 个请求" }
    /// Accounts, counted.
    accounts_counted(count: Count) { one: "{count} account", other: "{count} accounts", zh: "{count} 个账号" }
    /// The end of a list that is not shown whole.
    and_more(count: Count) { one: "and {count} more", other: "and {count} more", zh: "还有 {count} 项" }
    /// Errors, as a column.
    errors { en: "Errors", zh: "错误" }
    /// Everything, as a choice of a filter.
    all { en: "All", zh: "全部" }
    /// A value that is not known.
    unknown { en: "not known", zh: "未知" }
    /// There is none.
    none { en: "none", zh: "无" }
    /// Yes.
    yes { en: "yes", zh: "是" }
    /// No.
    no { en: "no", zh: "否" }
    /// How use is paid for: a plan.
    subscription { en: "Subscription", zh: "订阅" }
    /// Billed by the token.
    metered { en: "Pay as you go", zh: "按量付费" }
    /// Prepaid.
    credits { en: "Credits", zh: "预付额度" }
    /// Costs nothing.
    free { en: "Free", zh: "免费" }
    /// The person's own machine.
    local { en: "Local", zh: "本机" }
    /// Names a page of a long list.
    shown_of(from: u64, to: u64, total: &str) { en: "{from}–{to} of {total}", zh: "第 {from}–{to} 项，共 {total} 项" }
    /// To the page before.
    previous { en: "Previous", zh: "上一页" }
    /// To the page after.
    next { en: "Next", zh: "下一页" }
    /// Names the navigation between pages of a list.
    pages { en: "Pages of this list", zh: "列表分页" }
    /// Opens the data of a chart as a table.
    as_table { en: "Show as a table", zh: "以表格显示" }
    /// A link that leaves the dashboard, for screen readers.
    opens_new_tab { en: "opens in a new tab", zh: "在新标签页中打开" }
    /// Stands between a name and its value.
    colon { en: ": ", zh: "：" }
    /// Stands between two parts of a sentence.
    comma { en: ", ", zh: "，" }
    /// A value that nobody set.
    by_default { en: "default", zh: "默认" }
    /// A value of the config file.
    line_of_file(line: &str) { en: "config.toml line {line}", zh: "config.toml 第 {line} 行" }
}

/// Where a setting is from. Names of files, variables and options are the same in every language.
pub fn origin_words(lang: Lang, origin: &str) -> String {
    if origin == by_default(Lang::En) {
        return by_default(lang).to_owned();
    }
    let line = origin.strip_prefix(line_of_file(Lang::En, "").as_str());
    line.map_or_else(|| origin.to_owned(), |line| line_of_file(lang, line))
}
