//! Words around every command: what stands before a line of talk, and the frame of a help page.

messages! {
    /// Before why a command did not do its work.
    error { en: "error:", zh: "错误：" }
    /// Before what to do next.
    help { en: "help:", zh: "帮助：" }
    /// Before something one should know.
    note { en: "note:", zh: "提示：" }
    /// Before something that may become a problem.
    warning { en: "warning:", zh: "警告：" }
    /// Before the form of a command.
    usage { en: "Usage:", zh: "用法：" }
    /// Over the commands of a help page.
    commands { en: "Commands:", zh: "命令：" }
    /// Over the arguments.
    arguments { en: "Arguments:", zh: "参数：" }
    /// Over the options.
    options { en: "Options:", zh: "选项：" }
    /// Behind an option: its value when it is not given.
    default_value(value: &str) { en: "[default: {value}]", zh: "[默认：{value}]" }
    /// Behind an option: the values it takes.
    values(values: &str) { en: "[possible values: {values}]", zh: "[可选值：{values}]" }
    /// Under an option: the values it takes, each with a line of its own.
    values_head { en: "Possible values:", zh: "可选值：" }
    /// Between items of a list in a sentence.
    comma { en: ", ", zh: "、" }
}
