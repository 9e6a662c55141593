//! How this Hermes is set up.

messages! {
    /// The store.
    store { en: "Store", zh: "存储" }
    /// Where.
    place { en: "Place", zh: "位置" }
    /// File or server.
    kind { en: "Kind", zh: "类型" }
    /// A file on this machine.
    kind_file { en: "file on this machine", zh: "本机文件" }
    /// A server.
    kind_server { en: "PostgreSQL server", zh: "PostgreSQL 服务器" }
    /// How its key is kept.
    protection { en: "Protection", zh: "保护方式" }
    /// Whether it renews.
    standing { en: "Standing", zh: "状况" }
    /// It is the one in use.
    standing_good { en: "in use", zh: "使用中" }
    /// Schema.
    schema { en: "Schema", zh: "结构版本" }
    /// What is in it.
    holds { en: "Holds", zh: "内容" }
    /// Keys, counted.
    keys_counted(count: Count) { one: "{count} client key", other: "{count} client keys", zh: "{count} 个客户端密钥" }
    /// This machine's name.
    machine { en: "Machine", zh: "机器" }
    /// Listeners.
    listeners { en: "Listeners", zh: "监听地址" }
    /// Only this machine.
    loopback { en: "this machine only", zh: "仅本机" }
    /// Others too.
    reachable { en: "reachable from other machines", zh: "其他机器可访问" }
    /// With TLS.
    tls { en: "TLS", zh: "TLS" }
    /// Routes and aliases.
    routes { en: "Routes and aliases", zh: "路由与别名" }
    /// None.
    no_routes { en: "No route or alias is set up", zh: "未设置路由或别名" }
    /// What to do.
    no_routes_next { en: "Add one under `[routes]` in `config.toml`.", zh: "可在 `config.toml` 的 `[routes]` 中添加。" }
    /// Config values.
    config { en: "Configuration", zh: "配置" }
    /// The config file.
    config_file { en: "File", zh: "文件" }
    /// Column.
    setting { en: "Setting", zh: "设置项" }
    /// Column.
    value { en: "Value", zh: "值" }
    /// Column.
    origin { en: "From", zh: "来源" }
    /// Backup.
    backup { en: "Backup", zh: "备份" }
    /// When the last one was made.
    last_backup { en: "Last backup", zh: "上次备份" }
    /// How to make one.
    backup_next { en: "Make one with this command. The copy is sealed like the store; keep its key too.", zh: "使用此命令备份。副本与存储一样加密，请同时保管好密钥。" }
    /// Doctor.
    doctor { en: "Doctor's findings", zh: "诊断结果" }
    /// Before the moment at which everything was looked at.
    examined { en: "Looked at", zh: "检查时间" }
    /// An examination is under way.
    looking { en: "Looking at everything; this takes a moment in a large store.", zh: "正在检查；存储较大时需要片刻。" }
    /// Good.
    finding_good { en: "Good", zh: "正常" }
    /// Note.
    finding_note { en: "Note", zh: "提示" }
    /// Bad.
    finding_bad { en: "Bad", zh: "异常" }
    /// Dashboard sessions.
    sessions { en: "Sessions", zh: "会话" }
    /// This one.
    this_session { en: "this one", zh: "当前会话" }
    /// Column.
    began { en: "Began", zh: "开始" }
    /// Column.
    last_seen { en: "Last seen", zh: "上次活动" }
    /// Column.
    ends { en: "Ends", zh: "到期" }
    /// Ends all.
    sign_out_all { en: "Sign out everywhere", zh: "全部退出" }
    /// What it does.
    sign_out_all_asks { en: "Every open dashboard is signed out, this one too.", zh: "所有已打开的控制台都会退出，包括当前页面。" }
    /// Which session it is.
    client { en: "Session", zh: "会话" }
}
