//! Why the store could not be used.

use std::fmt::Display;

messages! {
    /// Another process has it.
    locked(path: &str) { en: "the store `{path}` is locked by another process", zh: "存储 `{path}` 被其他进程锁定" }
    /// A file that is no good.
    unreadable(path: &str, problem: &str) { en: "the store `{path}` cannot be read: {problem}", zh: "无法读取存储 `{path}`：{problem}" }
    /// A file that others can get at.
    not_safe(path: &str, problem: &str) { en: "`{path}` is not safe to use: {problem}", zh: "`{path}` 使用起来不安全：{problem}" }
    /// Of a newer version.
    newer(path: &str, found: i64, known: i64) { en: "the store `{path}` has schema {found}, this version knows up to {known}", zh: "存储 `{path}` 的结构版本为 {found}，此版本最高支持 {known}" }
    /// A lab store elsewhere.
    lab_only(path: &str) { en: "the store `{path}` belongs to a lab home and opens only in lab mode", zh: "存储 `{path}` 属于实验目录，只能在实验模式下打开" }
    /// Another store in a lab.
    not_lab(path: &str) { en: "the store `{path}` is not a lab store and refuses lab mode", zh: "存储 `{path}` 不是实验存储，拒绝实验模式" }
    /// No key, or a wrong one.
    key(problem: &str) { en: "the store's key cannot be used: {problem}", zh: "无法使用存储的密钥：{problem}" }
    /// One row.
    damaged(row: &str) { en: "{row} is damaged and cannot be opened", zh: "{row}已损坏，无法打开" }
    /// Nothing is there.
    missing(what: &str) { en: "there is no {what}", zh: "没有{what}" }
    /// Somebody has it.
    taken(what: &str) { en: "{what} is already in use", zh: "{what}已被使用" }
    /// Full, or not for us.
    not_writable(path: &str, problem: &str) { en: "the store `{path}` cannot be written: {problem}", zh: "无法写入存储 `{path}`：{problem}" }
    /// The database is not there.
    away(place: &str, problem: &str) { en: "the database `{place}` cannot be reached: {problem}", zh: "无法连接数据库 `{place}`：{problem}" }
    /// A copy, perhaps.
    suspect(place: &str, why: &str) { en: "the store `{place}` renews no token: {why}", zh: "存储 `{place}` 不续期令牌：{why}" }
    /// Something else.
    backend(problem: &str) { en: "the store failed: {problem}", zh: "存储出错：{problem}" }
}

// What is wrong with a file or a database.
messages! {
    /// No bytes.
    empty { en: "it is empty", zh: "文件为空" }
    /// Another kind of file.
    not_database { en: "it is not a database", zh: "不是数据库" }
    /// Another database.
    not_store { en: "it is a database, but not a store", zh: "是数据库，但不是存储" }
    /// Other bytes than were written.
    checksum { en: "its checksum is wrong: it was cut, damaged or changed by another program", zh: "校验和不符：文件被截断、损坏或被其他程序修改" }
    /// Other bytes than were written, of a backup.
    checksum_wrong { en: "its checksum is wrong", zh: "校验和不符" }
    /// The database says so.
    integrity(problem: &str) { en: "it is damaged ({problem})", zh: "已损坏（{problem}）" }
    /// Gone.
    gone(remains: &str) { en: "it is missing, though `{remains}` is there", zh: "文件缺失，但 `{remains}` 仍在" }
    /// Of another program.
    tables { en: "its tables are not the ones this version made", zh: "其中的表不是此版本创建的" }
    /// A row is gone.
    no_header { en: "its header row is missing", zh: "缺少头信息" }
    /// A word of another version.
    no_holder { en: "its key holder is unknown", zh: "密钥保存方式未知" }
    /// A value of another type.
    column(index: &str) { en: "column {index} holds something else than it should", zh: "列 {index} 的内容不符合要求" }
    /// A name that is no text.
    not_unicode { en: "its name is not valid Unicode", zh: "文件名不是有效的 Unicode" }
    /// A link from elsewhere.
    hard_link { en: "it has a second name (a hard link)", zh: "它有第二个名称（硬链接）" }
    /// Somebody else's.
    other_owner(owner: u32, own: u32) { en: "it belongs to user {owner}, not to user {own}", zh: "它属于用户 {owner}，而不是用户 {own}" }
    /// Open to others.
    open_mode(mode: &str) { en: "its mode {mode} lets others in", zh: "其权限 {mode} 允许他人访问" }
    /// Elsewhere.
    not_folder { en: "it is not a folder of its own", zh: "它不是独立的文件夹" }
    /// Elsewhere.
    symlink { en: "it is a symbolic link", zh: "它是符号链接" }
    /// A pipe or device.
    not_file { en: "it is not a regular file", zh: "它不是普通文件" }
    /// No URL.
    not_address { en: "it is not an address such as `postgres://user@host/database`", zh: "不是 `postgres://user@host/database` 这样的地址" }
    /// The server says nothing.
    silent { en: "it did not answer in time", zh: "未及时答复" }
    /// All are in use.
    no_connection { en: "no connection was free in time", zh: "未及时等到空闲连接" }
    /// The program is ending.
    closed { en: "it has been closed", zh: "存储已关闭" }
    /// Two processes with one name.
    lock_held { en: "the lock of this process is held by another one", zh: "此进程的锁被另一个进程持有" }
    /// A server's database.
    no_copy { en: "a database on a server is not copied into a file here", zh: "服务器上的数据库不会在此复制到文件" }
    /// A renewal goes on.
    renewal_open(label: &str) { en: "a renewal of `{label}` is under way or in doubt", zh: "`{label}` 的续期正在进行或结果未知" }
}

// What is wrong with the key.
messages! {
    /// Of another length.
    key_length { en: "it opens something of another length", zh: "用它打开的内容长度不符" }
    /// Of another store.
    key_other { en: "it does not open this store", zh: "用它打不开此存储" }
    /// The keyring has nothing.
    keyring_no_entry(store: impl Display) { en: "the keyring has no entry for store `{store}`", zh: "密钥环中没有存储 `{store}` 的条目" }
    /// There is no keyring.
    keyring_absent { en: "there is no keyring in this session", zh: "此会话中没有密钥环" }
    /// It says no.
    keyring_locked { en: "the keyring is locked or refused", zh: "密钥环已锁定或拒绝了访问" }
    /// It says nothing.
    keyring_slow { en: "the keyring did not answer within 2 seconds", zh: "密钥环在 2 秒内没有答复" }
    /// It failed.
    keyring_failed(problem: &str) { en: "the keyring failed: {problem}", zh: "密钥环出错：{problem}" }
    /// It forgot.
    keyring_forgot { en: "it did not keep the key", zh: "它未能保存密钥" }
    /// Something odd.
    keyring_form { en: "its entry has an unexpected form", zh: "其条目的格式不符合预期" }
    /// No file.
    key_file_missing(path: &str) { en: "the key file `{path}` is missing", zh: "缺少密钥文件 `{path}`" }
    /// Not what was written.
    key_file_damaged(path: &str) { en: "the key file `{path}` is damaged", zh: "密钥文件 `{path}` 已损坏" }
    /// Of another store.
    key_file_other(path: &str) { en: "the key file `{path}` belongs to another store", zh: "密钥文件 `{path}` 属于另一个存储" }
    /// Nobody is there.
    nobody_to_ask { en: "it is a passphrase and nobody can be asked for it here", zh: "它是口令，而此处无法询问任何人" }
    /// Odd numbers.
    stretch_damaged { en: "the passphrase parameters in the store are damaged", zh: "存储中的口令参数已损坏" }
    /// Too little.
    no_memory { en: "there is not enough memory to stretch the passphrase", zh: "内存不足，无法派生口令密钥" }
}

// What is missing, taken or damaged.
messages! {
    /// A store.
    store_in(folder: &str) { en: "store in `{folder}`", zh: "位于 `{folder}` 的存储" }
    /// A login.
    credential(id: impl Display) { en: "credential `{id}`", zh: "凭据 `{id}`" }
    /// A name without letters.
    label_text { en: "text in the new label", zh: "可用作新标签的文字" }
    /// A label.
    label_of(label: &str, provider: impl Display) { en: "the label `{label}` of `{provider}`", zh: "`{provider}` 的标签 `{label}` " }
    /// A key.
    client_key(prefix: &str) { en: "the client key `{prefix}`", zh: "客户端密钥 `{prefix}` " }
    /// A setting.
    setting(name: &str) { en: "the setting `{name}`", zh: "设置 `{name}` " }
    /// A name.
    unique_name { en: "a name that must be unique", zh: "必须唯一的名称" }
    /// A file.
    file(path: &str) { en: "the file `{path}`", zh: "文件 `{path}` " }
    /// A store.
    store_at(path: &str) { en: "the store `{path}`", zh: "存储 `{path}` " }
    /// A store with logins.
    filled_store { en: "the store to move to, which has logins of its own,", zh: "要迁入的存储（其中已有登录）" }
    /// A column of a pool.
    row_pool(provider: &str) { en: "pool `{provider}`, column strategy", zh: "账号池 `{provider}`（列 strategy）" }
    /// A key.
    row_client_key(id: impl Display) { en: "client_key `{id}`", zh: "client_key `{id}` " }
    /// A secret.
    row_secret(label: &str, provider: impl Display, id: impl Display, column: &str) { en: "credential `{label}` of `{provider}` (table credential_secret, row {id}, column {column})", zh: "`{provider}` 的凭据 `{label}`（表 credential_secret，行 {id}，列 {column}）" }
    /// A column of a login.
    row_credential(id: impl Display, column: &str) { en: "credential `{id}`, column {column}", zh: "凭据 `{id}`（列 {column}）" }
    /// An attempt.
    row_attempt(id: impl Display) { en: "login_attempt `{id}`, column state", zh: "login_attempt `{id}`（列 state）" }
    /// A setting.
    row_setting(name: &str) { en: "setting `{name}`, column sealed", zh: "设置 `{name}`（列 sealed）" }
    /// A spill.
    kept_token(path: &str) { en: "the kept token `{path}`", zh: "保留的令牌 `{path}` " }
}

// Why a store renews nothing.
messages! {
    /// In another place.
    copy(original: &str) { en: "it is a copy: the original was in {original}", zh: "这是副本，原存储位于：{original}" }
    /// Of a time before.
    older(missing: i64) { en: "it is older than what this machine has seen: {missing} renewals are missing in it", zh: "它比本机见过的更旧：缺少 {missing} 次续期" }
    /// It was left.
    moved(heir: &str) { en: "its logins were moved to `{heir}`", zh: "其中的登录已迁移到 `{heir}`" }
    /// The original's place: a folder here.
    place_folder(path: &str) { en: "`{path}`", zh: "`{path}`" }
    /// The original's place: a database elsewhere.
    place_other_server(path: &str) { en: "the database `{path}` of another server", zh: "另一台服务器的数据库 `{path}`" }
}

// What to do.
messages! {
    /// Wait.
    locked_next { en: "Try again in a moment, or end the other process.", zh: "请稍后重试，或结束另一个进程。" }
    /// A backup.
    unreadable_next { en: "Restore a backup with `hermes restore`; the file itself was left as it is.", zh: "请用 `hermes restore` 恢复备份；该文件本身保持原样。" }
    /// Rights.
    not_safe_next { en: "Make it yours alone (`chmod 600`, and `chmod 700` for its folder), then try again.", zh: "请将其设为仅自己可访问（`chmod 600`，其文件夹为 `chmod 700`），然后重试。" }
    /// The newer one.
    newer_next { en: "Use the newer `hermes` that made it; nothing was changed.", zh: "请使用创建它的较新版 `hermes`；未作任何更改。" }
    /// Another home.
    lab_next { en: "Use another `--home`, or the same lab settings the home was made with.", zh: "请换用其他 `--home`，或使用创建该目录时的实验设置。" }
    /// The key.
    key_next { en: "Put the key back (key file, keyring entry or passphrase); nothing was changed.", zh: "请恢复密钥（密钥文件、密钥环条目或口令）；未作任何更改。" }
    /// A new login, or a backup.
    damaged_next { en: "Sign in to that account again, or restore a backup with `hermes restore`.", zh: "请重新登录该账号，或用 `hermes restore` 恢复备份。" }
    /// Room.
    not_writable_next { en: "Free some space or make the folder writable; nothing was changed.", zh: "请释放一些空间，或使文件夹可写；未作任何更改。" }
    /// The address.
    away_next { en: "Check the address given by `--store`, and that the server runs; tokens that are still good are served meanwhile.", zh: "请检查 `--store` 给出的地址，并确认服务器正在运行；在此期间仍会提供有效的令牌。" }
    /// A decision.
    suspect_next { en: "Its tokens serve until they end. If this is the only store of these logins, run `hermes store adopt`; if the original is still in use, sign in here anew instead.", zh: "其中的令牌在到期前仍可使用。如果这是这些登录的唯一存储，请运行 `hermes store adopt`；如果原存储仍在使用，请在此处重新登录。" }
    /// Wait.
    renewal_open_next { en: "Try again in a few minutes, with no `hermes up` running.", zh: "请几分钟后重试，且不要运行 `hermes up`。" }
    /// Other tools.
    no_copy_next { en: "Use `pg_dump`, or `hermes migrate --to FOLDER` for a store in a file.", zh: "请使用 `pg_dump`，或用 `hermes migrate --to FOLDER` 迁移到文件存储。" }
    /// The other one.
    moved_next { en: "Use that store, with `[store] url` or `--home`. Only if it is gone for good, run `hermes store adopt`.", zh: "请用 `[store] url` 或 `--home` 改用该存储。只有当它已彻底不存在时，才运行 `hermes store adopt`。" }
    /// A decision.
    copy_next { en: "If the original is not used any more, run `hermes store adopt`; if it is, sign in here anew instead.", zh: "如果原存储已不再使用，请运行 `hermes store adopt`；如果仍在使用，请在此处重新登录。" }
    /// A decision.
    older_next { en: "If there is no newer one, run `hermes store adopt`; a login that was renewed since then has to sign in again.", zh: "如果没有更新的存储，请运行 `hermes store adopt`；此后续期过的登录需要重新登录。" }
}
