//! The help of every command, option, argument and value. Command lines are declared with the English text; [`translated`] finds
//! the other by it. A text without its translation does not compile, and a test of `hermes` finds one that stands elsewhere.

use crate::Lang;

macro_rules! help {
    ($( $name:ident { en: $en:literal, zh: $zh:literal } )*) => {
        $(
            #[doc = $en]
            pub const $name: &str = $en;
        )*

        /// Every text, with its translation.
        pub const TEXTS: &[(&str, &str)] = &[$( ($en, $zh) ),*];
    };
}

/// A text of this table in a language; none for any other text.
pub fn translated(lang: Lang, english: &str) -> Option<&'static str> {
    let (english, chinese) = TEXTS.iter().find(|(known, _)| *known == english)?;
    Some(match lang {
        Lang::En => english,
        Lang::Zh => chinese,
    })
}

help! {
    HERMES { en: "Sign in to AI providers once, and serve their models to every program on this machine", zh: "登录一次 AI 提供商，即可为本机所有程序提供模型服务" }
    EXIT_CODES { en: "Exit codes: 0 ok, 1 failure, 2 usage, 3 cancelled or denied by you, 4 login required, 5 login expired, 6 refused by the provider, 7 network, 8 store, 130 interrupted", zh: "退出码：0 成功，1 失败，2 用法错误，3 被您取消或拒绝，4 需要登录，5 登录已过期，6 被提供商拒绝，7 网络错误，8 存储错误，130 被中断" }
    HOME { en: "Folder for the store and config.toml [default: HERMES_HOME, else the platform's data folder]", zh: "存放存储和 config.toml 的文件夹 [默认：HERMES_HOME，否则为系统的数据目录]" }
    STORE_URL { en: "Database that several machines share, postgres://USER@HOST/DATABASE [default: HERMES_STORE, else `[store] url`, else a file]", zh: "多台机器共用的数据库，postgres://USER@HOST/DATABASE [默认：HERMES_STORE，否则为 `[store] url`，否则为文件]" }
    JSON { en: "Print results as JSON", zh: "以 JSON 输出结果" }
    LANG { en: "Language of messages [default: HERMES_LANG, else the locale]", zh: "消息语言 [默认：HERMES_LANG，否则取自系统区域设置]" }
    PRINT_HELP { en: "Print help", zh: "显示帮助" }
    PRINT_VERSION { en: "Print version", zh: "显示版本" }

    UP { en: "Run the gateway and the dashboard in the foreground", zh: "在前台运行网关和控制台" }
    DASHBOARD { en: "Open the dashboard of the running `hermes up` in a browser", zh: "在浏览器中打开正在运行的 `hermes up` 的控制台" }
    AUTH { en: "Sign in to providers and manage logins", zh: "登录提供商并管理账号" }
    KEY { en: "Manage the client keys of the gateway", zh: "管理网关的客户端密钥" }
    CHAT { en: "Ask a model from the terminal", zh: "在终端中向模型提问" }
    TOKEN { en: "Print a fresh access token or key of a login", zh: "输出某个账号的有效访问令牌或密钥" }
    MODELS { en: "List the models that signed-in providers serve", zh: "列出已登录提供商的模型" }
    PROVIDERS { en: "Show what is known about providers", zh: "查看提供商信息" }
    DOCTOR { en: "Check store, protection, files, clock, settings and logins", zh: "检查存储、保护方式、文件、时钟、设置和账号" }
    CONFIG { en: "Show settings", zh: "查看设置" }
    BACKUP { en: "Write a copy of the store", zh: "备份存储" }
    RESTORE { en: "Put a copy in the place of the store", zh: "用备份恢复存储" }
    STORE { en: "Show the store of this home, take it for the one in use, or check every secret in it", zh: "查看当前存储、将其认定为在用的存储，或检查其中所有机密" }
    MIGRATE { en: "Move every login to another store", zh: "将所有账号迁移到另一个存储" }
    EXPLAIN { en: "Tell what happened to a request", zh: "说明某个请求的处理过程" }
    USAGE { en: "Show requests, tokens and latencies by login, model or client key", zh: "按账号、模型或客户端密钥查看请求数、Token 和延迟" }
    COMPLETIONS { en: "Print a completion script", zh: "输出命令补全脚本" }
    DRILL { en: "Watch something happen with simulated providers, without any account", zh: "用模拟提供商演练，无需任何账号" }

    AUTH_ADD { en: "Sign in to a provider, or store an API key", zh: "登录提供商，或保存 API 密钥" }
    AUTH_FINISH { en: "Continue a login that was started with `auth add --start`", zh: "继续由 `auth add --start` 发起的登录" }
    AUTH_CANCEL { en: "Forget a login that was started and not finished", zh: "放弃已发起但未完成的登录" }
    AUTH_LIST { en: "List logins", zh: "列出账号" }
    AUTH_STATUS { en: "Tell whether a provider can be used: exit code 0 if so, 4 if not", zh: "查看提供商是否可用：可用时退出码为 0，否则为 4" }
    AUTH_REMOVE { en: "Delete a login from this machine", zh: "从本机删除一个账号" }
    AUTH_LOGOUT { en: "Delete every login of a provider from this machine", zh: "从本机删除某个提供商的所有账号" }
    AUTH_REVOKE { en: "End a login at the provider, then delete it from this machine", zh: "在提供商处终止登录，然后从本机删除账号" }
    AUTH_RENAME { en: "Give a login another label", zh: "更改账号的标签" }
    AUTH_PRIORITY { en: "Move a login to another place in its provider's order", zh: "调整账号在其提供商中的顺序" }
    AUTH_STRATEGY { en: "Show or choose how requests are spread over a provider's logins", zh: "查看或选择请求在提供商各账号间的分配策略" }
    AUTH_WEIGHT { en: "Set a login's share where its provider's strategy is `weighted`", zh: "设置账号在 `weighted` 策略下的权重" }
    AUTH_REFRESH { en: "Renew a login's token now", zh: "立即续期账号的令牌" }
    AUTH_RESET { en: "End a cool-down, or a block that you have cleared with the provider", zh: "解除冷却，或您已与提供商解决的封禁" }
    AUTH_ENABLE { en: "Use a login again", zh: "重新启用账号" }
    AUTH_DISABLE { en: "Stop using a login without deleting it", zh: "停用账号但不删除" }

    PROVIDER { en: "Provider", zh: "提供商" }
    PROVIDER_LISTED { en: "Provider; see `hermes providers list`", zh: "提供商，见 `hermes providers list`" }
    PROVIDER_OR_ALL { en: "Provider; without one, every login is shown", zh: "提供商；不填则显示所有账号" }
    ASK_MODELS { en: "Ask the providers anew; otherwise what they told last is shown", zh: "重新询问提供商；否则显示上次获知的内容" }
    ONLY_PROVIDER { en: "Only this provider", zh: "仅此提供商" }
    TARGET { en: "Label, PROVIDER:INDEX, or the beginning of an id", zh: "标签、PROVIDER:INDEX 或 ID 开头" }
    TARGET_USABLE { en: "Login: label, PROVIDER, PROVIDER:LABEL, PROVIDER:INDEX or the beginning of an id", zh: "账号：标签、PROVIDER、PROVIDER:LABEL、PROVIDER:INDEX 或 ID 开头" }
    LOGIN_ID { en: "Id that `auth add --start` printed", zh: "`auth add --start` 输出的 ID" }
    VERBOSE { en: "Show everything that is known", zh: "显示全部信息" }
    NEW_LABEL { en: "New label", zh: "新标签" }
    PLACE { en: "Place, from 1; 1 is tried first", zh: "位置，从 1 开始；1 最先使用" }
    STRATEGY { en: "fill-first, round-robin, least-used, random or weighted", zh: "fill-first、round-robin、least-used、random 或 weighted" }
    WEIGHT { en: "Share, from 1", zh: "权重，从 1 开始" }
    REGION { en: "Region of the provider", zh: "提供商的区域" }
    LABEL { en: "Label of the login [default: the account's name]", zh: "账号的标签 [默认：账号名称]" }
    METHOD { en: "Way to sign in: device, browser, paste, key, or an id from `hermes providers show`", zh: "登录方式：device、browser、paste、key，或 `hermes providers show` 中的 ID" }
    NO_BROWSER { en: "Do not open a browser", zh: "不打开浏览器" }
    TIMEOUT { en: "Give up after this many seconds", zh: "超过此秒数后放弃" }
    START { en: "Print link and code, and return at once; continue with `auth finish`", zh: "输出链接和代码后立即返回，之后用 `auth finish` 继续" }
    QR { en: "Show the link as a QR code too", zh: "同时以二维码显示链接" }
    ACCEPT_TERMS { en: "Accept the provider's rule on use by other programs without being asked", zh: "直接接受提供商关于供其他程序使用的规定，不再询问" }
    NO_VERIFY { en: "Store a key without asking the provider whether it works", zh: "保存密钥时不向提供商验证" }
    API_KEY { en: "Sign in with an API key and be asked for it", zh: "使用 API 密钥登录，并提示输入" }
    API_KEY_STDIN { en: "Read the API key from stdin", zh: "从标准输入读取 API 密钥" }
    API_KEY_FILE { en: "Read the API key from a file", zh: "从文件读取 API 密钥" }
    FROM_ENV { en: "Take the API key from an environment variable", zh: "从环境变量读取 API 密钥" }
    CODE_STDIN { en: "Read the code that the browser shows from stdin", zh: "从标准输入读取浏览器显示的代码" }

    KEY_CREATE { en: "Make a key and show it once", zh: "创建密钥，仅显示一次" }
    KEY_LIST { en: "List keys", zh: "列出密钥" }
    KEY_REVOKE { en: "Revoke a key", zh: "撤销密钥" }
    KEY_NAME { en: "Name for you", zh: "便于您识别的名称" }
    KEY_LIMIT { en: "Most requests a minute", zh: "每分钟最大请求数" }
    KEY_MODEL { en: "Only this model, PROVIDER/MODEL or PROVIDER/*; may be given several times", zh: "仅限此模型，PROVIDER/MODEL 或 PROVIDER/*；可重复指定" }
    KEY_NAMED { en: "Id, public beginning or name", zh: "ID、公开前缀或名称" }

    STORE_INFO { en: "Show where the store is, how it is protected and how it stands", zh: "查看存储的位置、保护方式和状况" }
    STORE_ADOPT { en: "Say that this store is the one in use, where it is taken for a copy or for an older state", zh: "当存储被视为副本或旧状态时，确认它就是在用的存储" }
    STORE_CHECK { en: "Open every secret and tell what is damaged: exit code 8 if anything is", zh: "打开所有机密并报告损坏项：有损坏时退出码为 8" }
    YES { en: "Do not ask", zh: "不再询问" }
    MIGRATE_TO { en: "Empty database, postgres://USER@HOST/DATABASE, or a new home folder", zh: "空数据库（postgres://USER@HOST/DATABASE）或新的主目录" }
    BACKUP_FILE { en: "New file [default: a dated one in the home's `backups` folder]", zh: "新文件 [默认：主目录 `backups` 文件夹中带日期的文件]" }
    RESTORE_FILE { en: "File that `hermes backup` wrote", zh: "`hermes backup` 生成的文件" }
    RESTORE_REPLACE { en: "Replace the store that is there; it is kept beside the new one", zh: "替换现有存储；旧存储会保留在旁边" }

    CHAT_MODEL { en: "Model, or PROVIDER/MODEL [default: the default model of the first usable login]", zh: "模型，或 PROVIDER/MODEL [默认：首个可用账号的默认模型]" }
    CHAT_TEXT { en: "What to say; read from stdin when it is piped", zh: "要说的内容；有管道输入时从标准输入读取" }
    PROVIDERS_LIST { en: "List providers", zh: "列出提供商" }
    PROVIDERS_SHOW { en: "Show one provider: ways to sign in, rules, regions, how requests are sent", zh: "查看单个提供商：登录方式、使用规定、区域和请求发送方式" }
    CONFIG_SHOW { en: "Show the settings in force", zh: "显示当前生效的设置" }
    CONFIG_ORIGIN { en: "Show where each value came from", zh: "显示每个值的来源" }
    REQUEST_ID { en: "Id from the `x-hermes-request-id` header", zh: "`x-hermes-request-id` 响应头中的 ID" }
    RANGE { en: "How far back", zh: "时间范围" }
    RANGE_DAY { en: "The last 24 hours", zh: "最近 24 小时" }
    RANGE_WEEK { en: "The last 7 days", zh: "最近 7 天" }
    RANGE_MONTH { en: "The last 30 days", zh: "最近 30 天" }
    BY { en: "What to tell apart", zh: "分组方式" }
    BY_LOGIN { en: "Login", zh: "账号" }
    BY_MODEL { en: "Model", zh: "模型" }
    BY_KEY { en: "Client key", zh: "客户端密钥" }
    SHELL { en: "Shell", zh: "Shell 类型" }

    DRILL_LOGIN { en: "Sign in, send a request, see the token renewed", zh: "登录、发送请求，并观察令牌续期" }
    DRILL_REUSE { en: "Eight programs want one ended token at once; then a copy of the home wants it too", zh: "八个程序同时需要一个已到期的令牌，随后主目录的副本也需要它" }
    DRILL_LIMIT { en: "A provider limits one of two accounts", zh: "提供商对两个账号之一限流" }
    DRILL_CRASH { en: "A program is killed in the middle of a renewal", zh: "程序在续期过程中被强制终止" }
    DRILL_MACHINES { en: "Two machines share a database and need the same token (needs PostgreSQL)", zh: "两台机器共用数据库并需要同一个令牌（需要 PostgreSQL）" }

    UP_LISTEN { en: "Address and port [default: `[gateway] listen`, else 127.0.0.1:7766]. Other machines need TLS, `allowed_hosts` and a password", zh: "地址和端口 [默认：`[gateway] listen`，否则为 127.0.0.1:7766]。供其他机器访问需要 TLS、`allowed_hosts` 和密码" }
    UP_CERT { en: "Certificate chain in PEM form, to speak TLS; read again when it changes", zh: "PEM 格式的证书链，用于 TLS；变更后自动重新读取" }
    UP_KEY { en: "Key of the certificate in PEM form, without a passphrase", zh: "PEM 格式的证书私钥，不带口令" }
    UP_PROXY { en: "A proxy in front speaks TLS with the clients and hands `Host` on as it came", zh: "由前置代理与客户端建立 TLS，并原样传递 `Host`" }
    DASHBOARD_LISTEN { en: "Where `hermes up` listens [default: 127.0.0.1:7766]", zh: "`hermes up` 的监听地址 [默认：127.0.0.1:7766]" }
    DASHBOARD_PRINT { en: "Print the link and open nothing", zh: "只输出链接，不打开浏览器" }
    DASHBOARD_LOGOUT { en: "Sign every browser out instead", zh: "改为退出所有浏览器的登录" }
    DASHBOARD_PASSWORD { en: "Set the password that signs in from other machines, and sign every browser out", zh: "设置供其他机器登录的密码，并退出所有浏览器" }
    PASSWORD_STDIN { en: "Take it from stdin instead of asking twice", zh: "从标准输入读取，而不是提示输入两次" }
    PASSWORD_REMOVE { en: "Remove it", zh: "移除密码" }
}
