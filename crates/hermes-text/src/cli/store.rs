//! `hermes store`, `backup`, `restore` and `migrate`.

messages! {
    /// No store.
    none(place: &str) { en: "there is no store in `{place}` yet", zh: "`{place}` 中还没有存储" }
    /// When one is made.
    none_next { en: "It is made by the first `hermes auth add` or `hermes up`.", zh: "首次运行 `hermes auth add` 或 `hermes up` 时会创建。" }
    /// No store, as a result.
    no_store_in(place: &str) { en: "No store yet in {place}", zh: "{place} 中还没有存储" }
    /// Row.
    place { en: "place", zh: "位置" }
    /// Row.
    kind { en: "kind", zh: "类型" }
    /// Row.
    id { en: "id", zh: "ID" }
    /// Row.
    schema { en: "schema", zh: "结构版本" }
    /// Row.
    protection { en: "protection", zh: "保护方式" }
    /// Row.
    standing { en: "standing", zh: "状况" }
    /// Row.
    machine { en: "machine", zh: "机器" }
    /// Row.
    logins { en: "logins", zh: "账号" }
    /// Row.
    keys { en: "client keys", zh: "客户端密钥" }
    /// This machine has not renewed anything.
    nameless { en: "no name yet: nothing was renewed here", zh: "尚无名称：本机还未续期过令牌" }
    /// A file.
    file { en: "a file of this machine", zh: "本机文件" }
    /// A file for labs.
    lab_file { en: "a file of this machine, for labs only", zh: "本机文件，仅用于实验" }
    /// A server.
    server { en: "a database that several machines may share", zh: "可供多台机器共用的数据库" }
    /// A server for labs.
    lab_server { en: "a database that several machines may share, for labs only", zh: "可供多台机器共用的数据库，仅用于实验" }
    /// It is the one in use.
    good { en: "good: tokens are renewed", zh: "正常：会续期令牌" }
    /// It renews nothing, as a value.
    renews_none(why: &str) { en: "renews no token: {why}", zh: "不续期令牌：{why}" }
    /// It renews nothing, as a sentence.
    suspect(why: &str) { en: "this store renews no token: {why}", zh: "此存储不续期令牌：{why}" }
    /// Nothing to adopt.
    good_already(place: &str) { en: "`{place}` is in good standing; nothing was changed", zh: "`{place}` 状况正常，未作更改" }
    /// Adopted.
    adopted(place: &str) { en: "`{place}` is the store in use from now on", zh: "从现在起使用 `{place}` 作为在用的存储" }
    /// Nobody says so.
    nobody_agrees(why: &str) { en: "this store renews no token: {why}, and nobody is here to say otherwise", zh: "此存储不续期令牌：{why}，且无人在场确认" }
    /// What to do.
    nobody_agrees_next { en: "If no other store renews these logins any more, run it again with `--yes`.", zh: "如果没有其他存储再续期这些账号，请加上 `--yes` 重新运行。" }
    /// A question.
    agree { en: "If another store renews the same logins, the providers end them. Type `yes` if this is the only one", zh: "如果另一个存储也续期这些账号，提供商会将其终止。如果这是唯一的存储，请输入 `yes` 或“是”" }
    /// The answer was no.
    not_agreed { en: "not agreed, nothing was changed", zh: "未同意，未作任何更改" }
    /// Everything opens.
    whole(count: Count) { one: "Every secret of {count} login opens, and no row is damaged", other: "Every secret of {count} logins opens, and no row is damaged", zh: "{count} 个账号的机密均可打开，没有损坏的记录" }
    /// Something does not.
    damaged_next { en: "Sign in to these accounts again, or `hermes restore` a backup; the other logins still work.", zh: "请重新登录这些账号，或用 `hermes restore` 恢复备份；其他账号仍可使用。" }

    /// Nothing to back up.
    nothing_to_copy { en: "there is no store to copy yet", zh: "还没有可备份的存储" }
    /// What a backup needs.
    copy_is_sealed { en: "the copy is sealed like the store: keep the store's key (key file, keyring or passphrase) too", zh: "备份与存储一样加密：请同时保管好存储的密钥（密钥文件、钥匙串或口令）" }
    /// A file does not go into a database.
    not_into_database(server: &str) { en: "`{server}` is a database, and a backup file is not put into one", zh: "`{server}` 是数据库，备份文件不能恢复到数据库中" }
    /// What to do.
    not_into_database_next(setting: &str) { en: "Restore it into a home (leave out `{setting}`), then `hermes migrate --to` an empty database.", zh: "请先恢复到主目录（去掉 `{setting}`），再用 `hermes migrate --to` 迁移到空数据库。" }
    /// Restored.
    restored(count: Count, file: &str) { one: "Restored {count} login from `{file}`", other: "Restored {count} logins from `{file}`", zh: "已从 `{file}` 恢复 {count} 个账号" }

    /// A password on the command line.
    password_in_to { en: "other programs can read the password in `--to` while this runs; `~/.pgpass` is a better place for it", zh: "运行期间其他程序可以读取 `--to` 中的密码；放在 `~/.pgpass` 中更安全" }
    /// A store in doubt is not moved.
    not_moved(why: &str) { en: "this store renews no token: {why}, so its logins are not moved", zh: "此存储不续期令牌：{why}，因此不迁移其账号" }
    /// A step that takes long.
    step(words: &str) { en: "... {words}", zh: "…… {words}" }
    /// A step.
    opening { en: "opening the new store", zh: "正在打开新存储" }
    /// A step.
    reading { en: "reading every login", zh: "正在读取所有账号" }
    /// A step.
    writing(count: Count) { one: "writing {count} login", other: "writing {count} logins", zh: "正在写入 {count} 个账号" }
    /// A step.
    reading_back { en: "reading them back", zh: "正在读回核对" }
    /// A target that is none.
    no_target(example: &str) { en: "`--to` takes an address such as `{example}`, or a folder", zh: "`--to` 需要形如 `{example}` 的地址，或一个文件夹" }
    /// They are there already.
    same_home { en: "the logins are in that home already", zh: "账号已在该主目录中" }
    /// What makes a database the one in use.
    use_database(file: &str) { en: "Set `url` under `[store]` in `{file}` (or `HERMES_STORE`) to the new address; other machines need the key file or passphrase too.", zh: "请将 `{file}` 中 `[store]` 下的 `url`（或 `HERMES_STORE`）设为新地址；其他机器还需要密钥文件或口令。" }
    /// What makes this home the one in use.
    use_this_home { en: "Take `url` out of `[store]`, `HERMES_STORE` and `--store`; this home is then in use again.", zh: "请从 `[store]`、`HERMES_STORE` 和 `--store` 中去掉 `url`；之后将重新使用此主目录。" }
    /// What makes another home the one in use.
    use_home(path: &str) { en: "Use it with `--home {path}` or `HERMES_HOME={path}`, without a `[store] url`.", zh: "请通过 `--home {path}` 或 `HERMES_HOME={path}` 使用，且不设置 `[store] url`。" }
    /// One and the same store.
    same_store { en: "the new store is the old one", zh: "新存储就是旧存储" }
    /// The target is in use.
    taken(place: &str) { en: "`{place}` has logins of its own", zh: "`{place}` 中已有账号" }
    /// What to do.
    taken_next { en: "Name an empty one; nothing was changed.", zh: "请指定一个空存储；未作任何更改。" }
    /// The target is in doubt.
    heir_suspect(place: &str, why: &str) { en: "`{place}`: this store renews no token: {why}", zh: "`{place}`：此存储不续期令牌：{why}" }
    /// What came out other than it went in.
    differs(what: &str) { en: "{what} did not arrive as they were; the old store stays in use", zh: "{what}与原来不一致；继续使用旧存储" }
    /// Part of a store.
    the_logins { en: "the logins", zh: "账号" }
    /// Part of a store.
    the_strategies { en: "the strategies", zh: "策略" }
    /// Part of a store.
    the_keys { en: "the client keys", zh: "客户端密钥" }
    /// Part of a store.
    the_settings { en: "the settings", zh: "设置" }
    /// Part of a store.
    the_secret_settings { en: "the secret settings", zh: "机密设置" }
    /// It is done. `keys` comes as a counted phrase.
    moved_all(count: Count, keys: &str, from: &str, to: &str) { one: "Moved {count} login and {keys} from `{from}` to `{to}`, and read them back", other: "Moved {count} logins and {keys} from `{from}` to `{to}`, and read them back", zh: "已将 {count} 个账号和 {keys}从 `{from}` 迁移到 `{to}`，并读回核对" }
    /// What becomes of the old one.
    old_kept { en: "The old store is kept as it was and renews no token any more; logins that were only started stay behind.", zh: "旧存储保持原样，不再续期令牌；未完成的登录不会迁移。" }
    /// What to do next.
    next(step: &str) { en: "Next: {step}", zh: "下一步：{step}" }
}
