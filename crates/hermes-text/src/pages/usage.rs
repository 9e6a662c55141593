//! What was used.

messages! {
    /// Nothing in the range.
    empty { en: "Nothing was used in this time", zh: "此时间段内没有用量" }
    /// What to do.
    empty_next { en: "Choose a longer range, or send a request through the gateway.", zh: "请选择更长的时间范围，或通过网关发送请求。" }
    /// The range.
    range { en: "Range", zh: "时间范围" }
    /// A range.
    range_day { en: "24 hours", zh: "24 小时" }
    /// A range.
    range_week { en: "7 days", zh: "7 天" }
    /// A range.
    range_month { en: "30 days", zh: "30 天" }
    /// Grouping.
    group { en: "Group by", zh: "分组" }
    /// Downloads.
    csv { en: "Download CSV", zh: "下载 CSV" }
    /// Chart.
    tokens { en: "Tokens", zh: "Token 用量" }
    /// Chart.
    cost { en: "Cost", zh: "费用" }
    /// Costs are reckoned by list prices.
    cost_note { en: "Reckoned by list price where the provider tells none; plans are not counted.", zh: "提供商未给出时按标价估算，不含订阅套餐。" }
    /// Chart.
    latency { en: "Time to first byte", zh: "首字节时间" }
    /// Chart.
    failures { en: "Failed requests", zh: "失败请求" }
    /// Percentile: half.
    median { en: "median", zh: "中位数" }
    /// Percentile.
    p95 { en: "95th percentile", zh: "第 95 百分位" }
    /// Percentile.
    p99 { en: "99th percentile", zh: "第 99 百分位" }
    /// Sum of a row.
    sum { en: "Total", zh: "合计" }
    /// Everything that has no series of its own.
    others { en: "Others", zh: "其他" }
    /// Failures.
    failed { en: "Failed", zh: "失败" }
    /// The table below the charts.
    breakdown { en: "Breakdown", zh: "明细" }
    /// Median column.
    median_head { en: "Median first byte", zh: "首字节中位数" }
}
