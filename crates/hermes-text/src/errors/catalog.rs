//! Why the catalogue cannot answer, and what is wrong with a row.

use std::fmt::Display;

messages! {
    /// No row has the name.
    unknown_provider(name: &str) { en: "no provider is called `{name}`", zh: "没有名为 `{name}` 的提供商" }
    /// The provider has no such region.
    unknown_region(provider: impl Display, name: &str) { en: "`{provider}` has no region `{name}`", zh: "`{provider}` 没有区域 `{name}`" }
    /// The provider has no such login method.
    unknown_method(provider: impl Display, name: &str) { en: "`{provider}` has no login method `{name}`", zh: "`{provider}` 没有登录方式 `{name}`" }
    /// A template gives no URL.
    template(template: &str, provider: impl Display, problem: &str) { en: "URL `{template}` of `{provider}` cannot be used: {problem}", zh: "无法使用 `{provider}` 的 URL `{template}`：{problem}" }
    /// A row is wrong.
    invalid(place: &str, key: &str, problem: &str) { en: "{place}: `{key}`: {problem}", zh: "{place}：`{key}`：{problem}" }
    /// A folder or file of the overlay.
    read(path: &str, problem: &str) { en: "overlay catalogue `{path}` cannot be read: {problem}", zh: "无法读取叠加目录 `{path}`：{problem}" }
    /// The overlay names something else.
    read_no_file { en: "it is not a file", zh: "不是文件" }
    /// The overlay's file is no row.
    read_too_large { en: "it is larger than 1 MiB", zh: "超过 1 MiB" }
    /// Where a row comes from that has no file.
    custom_place(name: &str) { en: "custom endpoint `{name}`", zh: "自定义端点 `{name}`" }

    /// Nothing is near.
    unknown_provider_next { en: "Run `hermes providers list` to see every provider.", zh: "运行 `hermes providers list` 可查看所有提供商。" }
    /// Something is near.
    near_next(names: &str) { en: "Did you mean {names}?", zh: "您是否想输入 {names}？" }
    /// There are none.
    no_region_next { en: "This provider has no regions; leave `--region` out.", zh: "该提供商没有区域，请去掉 `--region`。" }
    /// There are others.
    regions_next(names: &str) { en: "Known regions: {names}.", zh: "已知区域：{names}。" }
    /// There are none.
    no_method_next { en: "This provider has no login method.", zh: "该提供商没有登录方式。" }
    /// There are others.
    methods_next(names: &str) { en: "Known methods: {names}.", zh: "已知登录方式：{names}。" }
    /// The file is at fault.
    invalid_next { en: "Correct the key in that file and start again.", zh: "请在该文件中更正此项，然后重新启动。" }
    /// The folder is at fault.
    read_next { en: "Check the folder that `HERMES_CATALOG` names and the permissions of its files.", zh: "请检查 `HERMES_CATALOG` 指定的文件夹及其中文件的权限。" }
}

// What is wrong with a field of a row; the field's name stands in front.
messages! {
    /// A list without elements.
    no_element { en: "must have at least one element", zh: "至少需要一个元素" }
    /// A list without elements.
    empty { en: "must not be empty", zh: "不能为空" }
    /// Braces within a URL.
    braces { en: "only the beginning of a URL may be a named host in braces", zh: "只有 URL 的开头可以是花括号中的主机名称" }
    /// A URL with a user.
    url_user { en: "a URL must not hold a user name or password", zh: "URL 不能含有用户名或密码" }
    /// A URL without TLS.
    url_plain(url: impl Display) { en: "`{url}` must be https; plain http is for loopback hosts only", zh: "`{url}` 必须是 https；明文 http 仅可用于回环主机" }
    /// A template's host.
    no_host(name: &str) { en: "host `{name}` is not in `hosts`", zh: "主机 `{name}` 不在 `hosts` 中" }
    /// No URL.
    not_url(text: &str, reason: impl Display) { en: "`{text}` is not a URL: {reason}", zh: "`{text}` 不是 URL：{reason}" }
    /// A URL of another scheme.
    not_http_url(text: &str) { en: "`{text}` is not an http or https URL", zh: "`{text}` 不是 http 或 https URL" }
    /// A URL without TLS where none is needed.
    not_https_url { en: "must be an https URL", zh: "必须是 https URL" }
    /// An origin with more.
    not_bare_origin { en: "must be scheme, host and port without a path", zh: "只能包含协议、主机和端口，不能含路径" }
    /// No origin.
    not_origin(text: &str) { en: "`{text}` is not an http or https origin", zh: "`{text}` 不是 http 或 https 来源地址" }
    /// A base with more.
    not_bare_url { en: "must be scheme, host, port and path only", zh: "只能包含协议、主机、端口和路径" }
    /// A method that is not there.
    no_method(method: &str) { en: "no login method has the id `{method}`", zh: "没有 id 为 `{method}` 的登录方式" }
    /// A header of ours.
    reserved_header(name: &str) { en: "the header `{name}` cannot be set by a row", zh: "标头 `{name}` 不能由目录条目设置" }
    /// An id twice.
    id_twice(id: impl Display) { en: "the id `{id}` is used twice", zh: "id `{id}` 重复使用" }
    /// Two names in one.
    comma { en: "must be one name without a comma", zh: "必须是一个不含逗号的名称" }
    /// No path.
    not_path { en: "must be a path that begins with `/`", zh: "必须是以 `/` 开头的路径" }
    /// A field that no login keeps.
    not_kept(field: &str) { en: "no login method keeps a field `{field}`", zh: "没有登录方式会保留字段 `{field}`" }
    /// A login that could not be used.
    no_runtime { en: "no runtime row is for this login method", zh: "没有适用于此登录方式的 runtime 条目" }
    /// No variable.
    not_env(name: &str) { en: "`{name}` is not the name of an environment variable", zh: "`{name}` 不是环境变量的名称" }
    /// Another method.
    not_get_or_post { en: "must be `GET` or `POST`", zh: "必须是 `GET` 或 `POST`" }
    /// A reading without the call it reads.
    quota_without_call { en: "is needed for what is read from its answer", zh: "读取其回答需要此项" }
    /// Headers are flat.
    headers_hold_no_lists { en: "headers hold no lists", zh: "标头中没有列表" }
    /// A length of nothing.
    at_least_one { en: "must be at least 1", zh: "必须至少为 1" }
    /// Money without a currency.
    needs_currency { en: "needs `currency` or `currency_at`", zh: "需要 `currency` 或 `currency_at`" }
    /// No path into JSON.
    not_dotted(path: &str) { en: "`{path}` is not a dotted path", zh: "`{path}` 不是以点分隔的路径" }
    /// A default that is not there.
    unknown_model(model: &str) { en: "`{model}` is not among the known models", zh: "`{model}` 不在已知模型之中" }
    /// A rule for nothing.
    no_condition { en: "must name a `status`, a `code` or a `text`", zh: "必须指定 `status`、`code` 或 `text`" }
    /// A text that never fits.
    not_lower { en: "must be in lower case", zh: "必须为小写" }
    /// A rest too long.
    cooldown { en: "must be between 1 second and 31 days", zh: "必须在 1 秒到 31 天之间" }
    /// A scope of nothing.
    scope_of_nothing { en: "says what rests, and this action rests nothing of its own", zh: "指明冷却的范围，但此操作本身不会引起冷却" }
    /// The quick look does not find it.
    not_at_top { en: "must stand on a line of its own at the top", zh: "必须在文件开头单独成行" }
    /// A row of another file.
    id_taken(file: &str, id: impl Display) { en: "`{file}` already has the id `{id}`", zh: "`{file}` 已使用 id `{id}`" }
    /// An id of ours.
    id_reserved { en: "ids that begin so are for custom endpoints of the settings", zh: "以此开头的 id 保留给设置中的自定义端点" }
    /// Two of the settings.
    custom_twice(id: impl Display) { en: "two custom endpoints have the id `{id}`", zh: "两个自定义端点的 id 都是 `{id}`" }
    /// An alias of another.
    name_taken(alias: &str, owner: impl Display) { en: "the name `{alias}` already belongs to `{owner}`", zh: "名称 `{alias}` 已属于 `{owner}`" }
    /// A name that makes no id.
    custom_name { en: "must be letters, digits, `-`, `.` and spaces, at most 64", zh: "只能包含字母、数字、`-`、`.` 和空格，最多 64 个字符" }
}

// What is wrong with a single value.
messages! {
    /// No id.
    not_id(text: &str) { en: "`{text}` must be 1 to 64 lower-case letters, digits, `-` or `.`, beginning with a letter or digit", zh: "`{text}` 必须为 1 到 64 个小写字母、数字、`-` 或 `.`，并以字母或数字开头" }
    /// Several lines.
    not_line { en: "must be one line of text", zh: "必须是一行文本" }
    /// Not for the wire.
    not_visible { en: "must be visible ASCII without spaces", zh: "必须是不含空格的可见 ASCII 字符" }
    /// No header.
    not_header(name: &str) { en: "`{name}` is not a header name", zh: "`{name}` 不是标头名称" }
    /// No header's value.
    not_header_value { en: "must be a header value of visible ASCII", zh: "必须是由可见 ASCII 字符组成的标头值" }
    /// No host.
    not_host(host: &str) { en: "`{host}` is not a lower-case host name", zh: "`{host}` 不是小写的主机名" }
    /// No status.
    not_status(status: u16) { en: "{status} is not an HTTP status between 200 and 599", zh: "{status} 不是 200 到 599 之间的 HTTP 状态码" }
    /// No date.
    not_date(text: &str) { en: "`{text}` must be a date such as 2026-11-23 or a month such as 2026-11", zh: "`{text}` 必须是 2026-11-23 这样的日期，或 2026-11 这样的月份" }
    /// A field of ours.
    own_name { en: "is a name of the program's own", zh: "是程序自用的名称" }
    /// A rewrite to elsewhere.
    not_verification_host { en: "must be one of `verification_hosts`", zh: "必须是 `verification_hosts` 之一" }
    /// No path.
    not_slash { en: "must begin with `/`", zh: "必须以 `/` 开头" }
    /// A wait too long.
    interval_ms { en: "must be between 1 and 60000 milliseconds", zh: "必须在 1 到 60000 毫秒之间" }
    /// A wait too long.
    interval_s { en: "must be between 1 and 60 seconds", zh: "必须在 1 到 60 秒之间" }
    /// A span too long.
    span { en: "must be between 1 second and 400 days", zh: "必须在 1 秒到 400 天之间" }
    /// The standard asks for one.
    no_client_id { en: "a standard authorization request needs a client id", zh: "标准授权请求需要 client id" }
    /// No way back.
    no_way_back { en: "a browser login needs `loopback` or `paste_redirect`", zh: "浏览器登录需要 `loopback` 或 `paste_redirect`" }
    /// A callback to elsewhere.
    not_loopback { en: "must be `127.0.0.1`, `[::1]` or `localhost`", zh: "必须是 `127.0.0.1`、`[::1]` 或 `localhost`" }
    /// No port for people.
    not_port(port: u16) { en: "{port} is not a port between 1024 and 65535", zh: "{port} 不是 1024 到 65535 之间的端口" }
    /// The field is not there.
    missing(field: &str) { en: "missing field `{field}`", zh: "缺少字段 `{field}`" }
    /// There is no such field.
    unknown_field(field: &str) { en: "unknown field `{field}`", zh: "未知字段 `{field}`" }
    /// There is no such field, but others.
    unknown_field_of(field: &str, known: &str) { en: "unknown field `{field}`, expected one of {known}", zh: "未知字段 `{field}`，可用的有 {known}" }
    /// There is no such value, but others.
    unknown_variant_of(value: &str, known: &str) { en: "unknown variant `{value}`, expected one of {known}", zh: "未知取值 `{value}`，可用的有 {known}" }
    /// A value of another type.
    wrong_type(wanted: &str, found: &str) { en: "expected {wanted}, found {found}", zh: "应为{wanted}，实为 {found}" }
    /// A type.
    a_list_of_tables { en: "a list of tables", zh: "表的列表" }
    /// A type.
    a_table { en: "a table", zh: "表" }
    /// A type.
    a_string { en: "a string", zh: "字符串" }
    /// A value that is no string.
    not_string { en: "expected a string", zh: "应为字符串" }
    /// A login without an engine.
    no_engine(dialect: &str) { en: "no engine for the dialect `{dialect}`", zh: "没有用于方言 `{dialect}` 的引擎" }
    /// A text with a language that is not one of ours, or without English.
    not_said { en: "must be a text, or `en` and `zh` with one text each", zh: "必须是一段文本，或包含 `en` 和 `zh` 两段文本" }
}

// What the row of a custom endpoint says.
messages! {
    /// What it gives.
    custom_summary(host: &str) { en: "Endpoint of your own at {host}", zh: "您自己的端点，位于 {host}" }
    /// Its login.
    api_key { en: "API key", zh: "API 密钥" }
    /// Where its rule stands.
    custom_source { en: "your own settings", zh: "您自己的设置" }
    /// Its rule.
    custom_rule { en: "An endpoint that you entered yourself; whoever runs it sets the rules.", zh: "您自行添加的端点，规则由其运营者制定。" }
}
