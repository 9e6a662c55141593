//! What any command may say: settings that cannot be used, a store that is made, streams that end.

messages! {
    /// A password on the command line.
    password_in_store { en: "other programs can read the password in `--store`; put the address into `HERMES_STORE` or `[store] url`, or the password into `~/.pgpass`", zh: "其他程序可以读取 `--store` 中的密码；请把地址放入 `HERMES_STORE` 或 `[store] url`，或把密码放入 `~/.pgpass`" }
    /// The first login made the store.
    store_made(place: &str) { en: "made a new store in `{place}`", zh: "已在 `{place}` 创建新存储" }
    /// Who holds the store's key.
    sealed_by_keyring { en: "logins are sealed with a key in the system's keyring", zh: "账号已用系统钥匙串中的密钥加密" }
    /// Who holds the store's key.
    sealed_by_passphrase { en: "logins are sealed with your passphrase", zh: "账号已用您的口令加密" }
    /// Who holds the store's key.
    sealed_by_file(path: &str) { en: "logins are sealed with the key file `{path}`, which only you can read; whoever copies both it and the store can use them", zh: "账号已用密钥文件 `{path}` 加密，只有您能读取；同时复制该文件和存储的人可以使用这些账号" }
    /// The server is away.
    server_away(origin: &str) { en: "Check the address in `{origin}`, and that the server runs. Nothing can be served before it was reached once; a gateway that runs already goes on with the tokens it has.", zh: "请检查 `{origin}` 中的地址，并确认服务器正在运行。首次连上之前无法提供服务；已在运行的网关会继续使用现有令牌。" }
    /// The store would not close.
    not_closed(why: &str) { en: "the store could not be closed: {why}", zh: "无法关闭存储：{why}" }
    /// Named in messages about what is read.
    passphrase_file { en: "the passphrase file", zh: "口令文件" }
    /// Named in messages about what is read.
    key_file { en: "the key file", zh: "密钥文件" }
    /// Named in messages about what is read.
    stdin { en: "stdin", zh: "标准输入" }
    /// A question.
    passphrase { en: "Passphrase of the store", zh: "存储的口令" }
    /// A question.
    new_passphrase { en: "New passphrase for the store", zh: "为存储设置新口令" }
    /// A question.
    same_passphrase { en: "The same passphrase again", zh: "再次输入口令" }
    /// The answers differ.
    passphrases_differ { en: "the two passphrases differ", zh: "两次输入的口令不一致" }
    /// A setting for labs that cannot be used.
    lab_setting(name: &str, problem: &str) { en: "`{name}`: {problem}", zh: "`{name}`：{problem}" }
    /// A setting for labs in a normal home.
    lab_only(name: &str) { en: "`{name}` is for lab homes only, and `HERMES_LAB_HOSTS` is not set", zh: "`{name}` 仅用于实验环境，但未设置 `HERMES_LAB_HOSTS`" }
    /// No such login.
    no_login(target: &str) { en: "no login is called `{target}`", zh: "没有名为 `{target}` 的账号" }
    /// Nothing to name.
    nothing_yet { en: "Nothing is signed in yet; begin with `hermes auth add PROVIDER`.", zh: "尚未登录任何账号；请先运行 `hermes auth add PROVIDER`。" }
    /// A signal ended it.
    interrupted { en: "interrupted", zh: "已中断" }
    /// A fault of the program itself.
    own_fault(place: &str) { en: "error: hermes hit a fault of its own at {place} and stopped; stored logins are unchanged", zh: "错误：hermes 自身在 {place} 处发生故障并已停止；已保存的账号不受影响" }
    /// Where a fault was, when that is not known.
    unknown_place { en: "an unknown place", zh: "未知位置" }
    /// Stdout is broken.
    not_written { en: "the result could not be written to stdout", zh: "无法将结果写入标准输出" }
    /// The system gives no threads or no events.
    no_runtime { en: "the runtime cannot start", zh: "无法启动运行时" }
    /// What cannot be read, before the reason.
    unreadable(what: &str) { en: "{what} cannot be read", zh: "无法读取{what}" }
    /// More than a key or a code can be.
    too_large(what: &str) { en: "{what} holds more than 64 KiB", zh: "{what}超过 64 KiB" }
    /// Nothing in it.
    empty(what: &str) { en: "{what} is empty", zh: "{what}为空" }
    /// The person left a question.
    left { en: "cancelled, nothing was stored", zh: "已取消，未保存任何内容" }
    /// Named in messages about what is read.
    terminal { en: "the terminal", zh: "终端" }
    /// A folder that cannot be one.
    no_home(path: &str, why: &str) { en: "`{path}` cannot be a home: {why}", zh: "`{path}` 不能用作主目录：{why}" }
    /// Whose home is not known.
    home_unknown { en: "the home folder of this user is not known", zh: "无法确定当前用户的主目录" }
    /// What to do.
    name_home { en: "Name a folder with `--home` or `HERMES_HOME`.", zh: "请用 `--home` 或 `HERMES_HOME` 指定文件夹。" }
    /// An address of a database that is none.
    no_address(setting: &str, example: &str) { en: "`{setting}`: it is not an address such as `{example}`", zh: "`{setting}`：不是形如 `{example}` 的地址" }
    /// What to do.
    file_store { en: "A store in a file needs no address: name its folder with `--home`.", zh: "文件存储不需要地址：请用 `--home` 指定其所在文件夹。" }
    /// A reason behind what went wrong.
    because(what: &str, why: &str) { en: "{what}: {why}", zh: "{what}：{why}" }
}
