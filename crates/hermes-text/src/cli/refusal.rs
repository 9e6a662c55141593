//! What is said of a command line that cannot be understood.

messages! {
    /// An option or argument that the command does not have.
    unexpected(argument: &str) { en: "unexpected argument '{argument}' found", zh: "无法识别的参数“{argument}”" }
    /// No such command.
    no_command(name: &str) { en: "unrecognized subcommand '{name}'", zh: "无法识别的子命令“{name}”" }
    /// Something is missing; a list follows.
    missing { en: "the following required arguments were not provided:", zh: "缺少以下必需参数：" }
    /// A command that has commands was given none.
    needs_command(name: &str) { en: "'{name}' requires a subcommand but one was not provided", zh: "“{name}”需要一个子命令" }
    /// A value that is not one of a list, or not a number in range.
    invalid(value: &str, argument: &str) { en: "invalid value '{value}' for '{argument}'", zh: "“{argument}”的值“{value}”无效" }
    /// Why it is invalid.
    invalid_because(value: &str, argument: &str, why: &str) { en: "invalid value '{value}' for '{argument}': {why}", zh: "“{argument}”的值“{value}”无效：{why}" }
    /// An option without its value.
    needs_value(argument: &str) { en: "a value is required for '{argument}' but none was supplied", zh: "“{argument}”需要一个值" }
    /// A flag with a value.
    takes_none(value: &str, argument: &str) { en: "unexpected value '{value}' for '{argument}' found; no more were expected", zh: "“{argument}”不接受值“{value}”" }
    /// Given twice.
    twice(argument: &str) { en: "the argument '{argument}' cannot be used multiple times", zh: "参数“{argument}”不能重复使用" }
    /// Two that exclude each other.
    conflict(argument: &str, other: &str) { en: "the argument '{argument}' cannot be used with '{other}'", zh: "参数“{argument}”不能与“{other}”同时使用" }
    /// Several that exclude it; a list follows.
    conflicts(argument: &str) { en: "the argument '{argument}' cannot be used with:", zh: "参数“{argument}”不能与以下参数同时使用：" }
    /// Bytes that are no text.
    not_text { en: "invalid UTF-8 was detected in one or more arguments", zh: "参数中含有无效的 UTF-8 文本" }
    /// Anything else.
    not_understood { en: "the command line cannot be understood", zh: "无法理解此命令行" }
    /// Before what could be meant.
    tip { en: "tip:", zh: "提示：" }
    /// What could be meant.
    similar_command(name: &str) { en: "a similar subcommand exists: '{name}'", zh: "相近的子命令：“{name}”" }
    /// What could be meant.
    similar_commands(names: &str) { en: "some similar subcommands exist: {names}", zh: "相近的子命令：{names}" }
    /// What could be meant.
    similar_argument(name: &str) { en: "a similar argument exists: '{name}'", zh: "相近的参数：“{name}”" }
    /// What could be meant.
    similar_arguments(names: &str) { en: "some similar arguments exist: {names}", zh: "相近的参数：{names}" }
    /// What could be meant.
    similar_value(name: &str) { en: "a similar value exists: '{name}'", zh: "相近的值：“{name}”" }
    /// What could be meant.
    similar_values(names: &str) { en: "some similar values exist: {names}", zh: "相近的值：{names}" }
    /// A name in quotation marks, as one of several.
    quoted(name: &str) { en: "'{name}'", zh: "“{name}”" }
    /// The commands there are.
    commands(names: &str) { en: "[subcommands: {names}]", zh: "[子命令：{names}]" }
    /// Where to read more.
    more { en: "For more information, try '--help'.", zh: "更多信息请使用 '--help'。" }
    /// Where to read more, for scripts.
    see_help { en: "See `hermes --help`.", zh: "请参阅 `hermes --help`。" }
    /// A number that is out of its range.
    not_between(low: u64, high: u64) { en: "it must be a whole number from {low} to {high}", zh: "必须是 {low} 到 {high} 之间的整数" }
    /// A number that has no upper end.
    not_from(low: u64) { en: "it must be a whole number from {low} on", zh: "必须是不小于 {low} 的整数" }
    /// A key where other programs can see it.
    key_shown { en: "`--api-key` takes no value: other programs can read a command line, and the shell writes it to its history", zh: "`--api-key` 不接受值：其他程序可以读取命令行，shell 也会将其写入历史记录" }
    /// What to do.
    key_shown_next { en: "Put `--api-key` last to be asked, or use `--api-key-stdin`, `--api-key-file FILE` or `--from-env NAME`. If that was a real key, replace it at the provider.", zh: "请把 `--api-key` 放在最后，以便在提示时输入；或使用 `--api-key-stdin`、`--api-key-file FILE` 或 `--from-env NAME`。如果那是真实密钥，请到提供商处更换。" }
}
