//! `hermes doctor`: what it looked at, and what it found. The dashboard shows the findings too.

messages! {
    /// A mark: nothing is wrong.
    good { en: "ok", zh: "正常" }
    /// A mark: something to know.
    note { en: "note", zh: "提示" }
    /// A mark: something is wrong.
    bad { en: "bad", zh: "异常" }
    /// What was looked at.
    settings { en: "settings", zh: "设置" }
    /// What was looked at.
    clock { en: "clock", zh: "时钟" }
    /// What was looked at.
    store { en: "store", zh: "存储" }
    /// What was looked at: whether it is the store in use.
    standing { en: "standing", zh: "状况" }
    /// What was looked at: who holds the store's key.
    key { en: "key", zh: "密钥" }
    /// What was looked at.
    files { en: "files", zh: "文件" }
    /// What was looked at.
    logins { en: "logins", zh: "账号" }
    /// What was looked at: one login.
    login { en: "login", zh: "账号" }
    /// What was looked at: one setting.
    setting { en: "setting", zh: "设置" }
    /// What was looked at.
    listener { en: "listener", zh: "监听" }
    /// What was looked at.
    gateway { en: "gateway", zh: "网关" }
    /// The config file can be read.
    in_order(file: &str) { en: "`{file}` is in order", zh: "`{file}` 无误" }
    /// There is none.
    defaults(file: &str) { en: "defaults; there is no `{file}`", zh: "使用默认设置；没有 `{file}`" }
    /// The clock is far off.
    years_behind { en: "the clock of this machine is years behind", zh: "本机时钟慢了数年" }
    /// What to do about a clock.
    set_clock { en: "Set it; the end of every token is reckoned by it.", zh: "请校准时钟；所有令牌的到期时间都依据它计算。" }
    /// No store.
    no_store(place: &str) { en: "none yet in `{place}`", zh: "`{place}` 中还没有" }
    /// A store.
    store_at(place: &str, schema: &str) { en: "`{place}`, schema {schema}", zh: "`{place}`，结构版本 {schema}" }
    /// A store for labs.
    lab_store_at(place: &str, schema: &str) { en: "`{place}`, schema {schema}, a lab store", zh: "`{place}`，结构版本 {schema}，实验存储" }
    /// Between damaged rows.
    then { en: "; ", zh: "；" }
    /// What to do about damaged rows.
    damaged_next { en: "Sign in to these accounts again, or `hermes restore` a backup.", zh: "请重新登录这些账号，或用 `hermes restore` 恢复备份。" }
    /// The clock is behind a provider's.
    behind(span: &str) { en: "this machine's clock was {span} behind a provider's at the last renewal", zh: "上次续期时，本机时钟比提供商慢 {span}" }
    /// The clock is ahead of a provider's.
    ahead(span: &str) { en: "this machine's clock was {span} ahead of a provider's at the last renewal", zh: "上次续期时，本机时钟比提供商快 {span}" }
    /// Nobody else can read the files.
    closed { en: "only you can read them", zh: "只有您能读取" }
    /// Others can.
    open(folders: &str) { en: "others can enter {folders}", zh: "其他用户可以进入 {folders}" }
    /// What to do about open folders.
    open_next { en: "Run `chmod 700` on it.", zh: "请对其运行 `chmod 700`。" }
    /// Between two folders.
    and { en: " and ", zh: " 和 " }
    /// No login.
    none_yet { en: "none yet", zh: "尚无" }
    /// How one stands.
    stands(name: &str, state: &str) { en: "{name} – {state}", zh: "{name}：{state}" }
    /// Where to read more.
    see_status(provider: &str) { en: "See `hermes auth status {provider} -v`.", zh: "请查看 `hermes auth status {provider} -v`。" }
    /// A setting that is not followed.
    ignored(setting: &str, why: &str) { en: "{setting} is ignored: {why}", zh: "已忽略 {setting}：{why}" }
    /// All rest or need a person.
    none_usable { en: "none can serve a request now", zh: "目前没有可用的账号" }
    /// A listener that other machines reach.
    reachable(address: &str) { en: "something listens on {address} now, which other machines can reach", zh: "有程序正在监听 {address}，其他机器可以访问" }
    /// Another user's program.
    stranger(user: u32, address: &str) { en: "a program of user {user}, not of yours, listens on {address}: a client that goes there shows it its key", zh: "用户 {user}（不是您）的程序正在监听 {address}：连到那里的客户端会泄露其密钥" }
    /// What to do about it.
    stranger_next { en: "Set another `listen` under `[gateway]`, and make new client keys if some were shown.", zh: "请在 `[gateway]` 下改用其他 `listen`；如果密钥已泄露，请创建新的客户端密钥。" }
    /// The port is in use.
    listens(address: &str) { en: "something listens on {address}", zh: "有程序正在监听 {address}" }
    /// The port is free.
    free(address: &str) { en: "{address} is free for `hermes up`", zh: "{address} 可供 `hermes up` 使用" }
    /// The port cannot be used.
    unusable(address: &str, why: &str) { en: "{address} cannot be used: {why}", zh: "{address} 无法使用：{why}" }
    /// What to do about it.
    unusable_next { en: "Set another `listen` under `[gateway]`.", zh: "请在 `[gateway]` 下设置其他 `listen`。" }
}
