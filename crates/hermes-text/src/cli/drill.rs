//! `hermes drill`: the stories, and what each of them shows.

messages! {
    /// Something of the drill could not be cleared away.
    not_removed { en: "the drill's folder could not be removed", zh: "无法删除演练文件夹" }
    /// No folder for homes.
    no_folder { en: "no temporary folder", zh: "无法创建临时文件夹" }
    /// No providers.
    no_simulation { en: "the simulation cannot start", zh: "无法启动模拟" }
    /// No program to start.
    no_program { en: "this program's own file is not known", zh: "无法确定本程序自身的文件" }
    /// It does not start.
    not_started { en: "the program could not be started once more", zh: "无法再次启动程序" }
    /// No provider fits.
    no_provider { en: "the catalogue has no provider for this drill", zh: "目录中没有适合此演练的提供商" }
    /// The login takes more than a code.
    no_approval { en: "the simulated person cannot approve the login", zh: "模拟用户无法批准此登录" }
    /// Something did not come out as told.
    unexpected(text: &str) { en: "this was expected and did not happen: {text}", zh: "预期未发生：{text}" }
    /// Where all this happens.
    nothing_leaves(origin: &str) { en: "The provider is played on {origin} and the homes are temporary ones: nothing leaves this machine.", zh: "提供商由 {origin} 模拟，主目录均为临时目录：任何内容都不会离开本机。" }
    /// The home cannot be copied.
    not_copied { en: "the home could not be copied", zh: "无法复制主目录" }
    /// Signed in, with an hour's token.
    signed_in(provider: &str) { en: "Signed in to {provider}; the token lives for an hour", zh: "已登录 {provider}；令牌有效期一小时" }
    /// What a newcomer asks.
    question { en: "Say hello", zh: "打个招呼" }

    /// Story: a login.
    login(provider: &str) { en: "A drill: sign in to {provider}, ask, and see the token renewed", zh: "演练：登录 {provider}，提问，并观察令牌续期" }
    /// A step.
    login_sign_in { en: "1. Sign in", zh: "1. 登录" }
    /// A step.
    login_kept { en: "2. What is kept", zh: "2. 保存的内容" }
    /// A step.
    login_request { en: "3. A request through the gateway, streamed", zh: "3. 通过网关发送请求，流式返回" }
    /// A step.
    login_ends { en: "4. The provider ends the access token; the next request renews it unseen", zh: "4. 提供商使访问令牌失效；下一个请求会在后台自动续期" }
    /// A step.
    login_journal { en: "5. What the provider saw", zh: "5. 提供商看到的请求" }
    /// Shown.
    login_polls(provider: &str, label: &str, polls: u32) { en: "Signed in to {provider} as \"{label}\" after {polls} polls", zh: "轮询 {polls} 次后登录 {provider}，标签为“{label}”" }
    /// What the person does.
    login_person { en: "(The simulated person opens the page, types the code and approves.)", zh: "（模拟用户打开页面、输入代码并批准。）" }
    /// It is not there.
    login_gone { en: "the stored login is gone", zh: "已保存的账号不见了" }
    /// Shown.
    login_answered(label: &str, pieces: usize) { en: "Answered by login \"{label}\" in {pieces} pieces", zh: "由账号“{label}”回答，共 {pieces} 段" }
    /// Column.
    head_method { en: "METHOD", zh: "方法" }
    /// Column.
    head_host { en: "HOST", zh: "主机" }
    /// Column.
    head_path { en: "PATH", zh: "路径" }
    /// It was not renewed.
    login_stale { en: "the token was not renewed", zh: "令牌未续期" }
    /// Shown.
    login_renewed(old: u64, new: u64) { en: "The token was renewed (generation {old} to {new}), and no request failed", zh: "令牌已续期（第 {old} 代到第 {new} 代），没有请求失败" }
    /// What to do next.
    login_next { en: "Now the same for real: `hermes providers list`, then `hermes auth add PROVIDER`.", zh: "现在来真的：先运行 `hermes providers list`，再运行 `hermes auth add PROVIDER`。" }

    /// Story: one refresh token.
    reuse { en: "A drill: eight programs need one ended token; then a copy of the home needs it too", zh: "演练：八个程序需要同一个已到期的令牌，随后主目录的副本也需要它" }
    /// A step.
    reuse_at_once { en: "1. Two hours later, eight programs ask at once", zh: "1. 两小时后，八个程序同时请求" }
    /// A command, eight times.
    eight_times { en: "(8 times)", zh: "（8 次）" }
    /// Shown.
    reuse_same { en: "All eight printed the same new token", zh: "八个程序输出了同一个新令牌" }
    /// Shown.
    reuse_one_call { en: "The provider got one call for it, not eight", zh: "提供商只收到一次调用，而不是八次" }
    /// A step.
    reuse_copy { en: "2. Somebody copies the home, as a backup or a machine image does, and uses the copy", zh: "2. 有人像备份或制作镜像那样复制主目录，并使用副本" }
    /// Shown.
    reuse_copy_serves { en: "While the token lives, the copy serves it and calls nobody", zh: "令牌有效期内，副本直接提供令牌，不发出任何调用" }
    /// Later.
    reuse_later { en: "Two hours later it has ended. In the copy:", zh: "又过两小时，令牌已到期。在副本中：" }
    /// Shown.
    reuse_copy_refuses { en: "The copy renews nothing: no call, exit code 8, and the text says why", zh: "副本不续期：没有调用，退出码为 8，并说明了原因" }
    /// A step.
    reuse_original { en: "3. The original goes on", zh: "3. 原主目录继续使用" }
    /// Shown.
    reuse_alive { en: "One more call, and the login is alive: no refresh token was ever sent twice", zh: "再调用一次，账号仍然有效：没有任何刷新令牌被发送两次" }
    /// The moral.
    reuse_moral { en: "Had both renewed with the same refresh token, the provider would have taken it for stolen and ended the login.", zh: "如果两者都用同一个刷新令牌续期，提供商会认为令牌被盗并终止登录。" }

    /// Story: a limit.
    limit { en: "A drill: two accounts of one provider, and the first one reaches its limit", zh: "演练：同一提供商的两个账号，第一个达到限额" }
    /// Shown.
    limit_first { en: "Both are signed in, and the first one serves", zh: "两个账号均已登录，由第一个处理" }
    /// A step.
    limit_429(seconds: u32) { en: "1. The first account is answered 429 with `retry-after: {seconds}`", zh: "1. 第一个账号收到 429，`retry-after: {seconds}`" }
    /// Shown.
    limit_second { en: "The same request was served by the second account; the client saw one answer", zh: "同一请求改由第二个账号处理；客户端只看到一个回答" }
    /// Shown.
    limit_rests { en: "The first one rests for as long as the provider said", zh: "第一个账号按提供商要求的时间冷却" }
    /// Shown.
    limit_unasked { en: "Meanwhile it is not asked at all", zh: "冷却期间完全不使用它" }
    /// A step.
    limit_over { en: "2. The rest is over, and four requests come at once", zh: "2. 冷却结束，四个请求同时到来" }
    /// It must have an end.
    limit_endless { en: "the rest has no end", zh: "冷却没有结束时间" }
    /// Shown.
    limit_probe { en: "One of them tried the first account; the others did not wait for it", zh: "其中一个试用第一个账号；其他请求没有等待" }
    /// Shown.
    limit_back { en: "It was served, so the first account is in use again", zh: "试用成功，第一个账号恢复使用" }
    /// Nothing to limit.
    limit_nothing { en: "nothing was asked yet", zh: "还没有任何请求" }
    /// It is not there.
    limit_gone { en: "the first login is gone", zh: "第一个账号不见了" }
    /// What each guest asks.
    limit_question(number: usize) { en: "Say hello to guest {number}", zh: "向第 {number} 位客人打个招呼" }

    /// Story: a crash.
    crash { en: "A drill: the program that renews a token is killed, three times", zh: "演练：正在续期令牌的程序被强制终止，共三次" }
    /// A step.
    crash_noted { en: "What the store noted (`hermes auth status -v`)", zh: "存储的记录（`hermes auth status -v`）" }
    /// Shown.
    crash_no_secret { en: "Every step was noted, and none of it holds a secret", zh: "每一步都有记录，且不含任何机密" }
    /// It lives on.
    crash_not_killed { en: "the program was to be killed, and was not", zh: "程序本应被终止，但没有" }
    /// It died; what comes next.
    crash_killed { en: "Killed.", zh: "已终止。" }
    /// A step.
    crash_spilled { en: "1. Killed when the answer was on this machine's disk, and not yet in the store", zh: "1. 应答已写入本机磁盘、尚未存入存储时被终止" }
    /// Shown.
    crash_taken { en: "The next program took the new token from the disk: one call in all, nothing lost", zh: "下一个程序从磁盘取得新令牌：总共一次调用，没有丢失" }
    /// A step.
    crash_in_memory { en: "2. Killed when the answer was in memory only; this provider forgives a lost answer for a while", zh: "2. 应答仅在内存中时被终止；该提供商在一段时间内允许重发" }
    /// Shown.
    crash_replayed { en: "That token died with the program. Once nobody could still be at it, the old one was sent once more: the login lives", zh: "该令牌随程序一同丢失。确定无人仍在续期后，旧令牌再次发送：账号仍然有效" }
    /// A step.
    crash_unforgiving { en: "3. The same at a provider that forgives nothing", zh: "3. 同样的情况，但提供商不允许重发" }
    /// Shown.
    crash_ended { en: "No token survives, and only a new sign-in helps: the program says so with exit code 4", zh: "令牌全部失效，只能重新登录：程序以退出码 4 说明" }
    /// Shown.
    crash_silent { en: "From then on nothing is sent any more", zh: "此后不再发送任何请求" }
    /// The list failed.
    crash_unlisted { en: "the logins could not be listed", zh: "无法列出账号" }

    /// Story: two machines.
    machines { en: "A drill: two machines share a database, and both need the same ended token", zh: "演练：两台机器共用数据库，都需要同一个已到期的令牌" }
    /// Only on Unix.
    machines_unix { en: "this drill starts a PostgreSQL server by itself, and can do so on Unix systems only", zh: "此演练会自行启动 PostgreSQL 服务器，仅支持 Unix 系统" }
    /// Not installed.
    machines_absent { en: "this drill needs a PostgreSQL server, and none is installed", zh: "此演练需要 PostgreSQL 服务器，但尚未安装" }
    /// What to do.
    machines_absent_next { en: "On Debian and Ubuntu it is the package `postgresql`; it need not be running.", zh: "在 Debian 和 Ubuntu 上，它是 `postgresql` 软件包；无需启动。" }
    /// It does not start.
    machines_not_started { en: "the database server could not be started", zh: "无法启动数据库服务器" }
    /// No database in it.
    machines_no_database { en: "the database could not be made", zh: "无法创建数据库" }
    /// It does not stop.
    machines_not_stopped { en: "the database could not be stopped", zh: "无法停止数据库" }
    /// No home for the second.
    machines_no_home { en: "the second home could not be made", zh: "无法创建第二个主目录" }
    /// Shown.
    machines_first(provider: &str) { en: "The first machine signed in to {provider} and keeps the login in a PostgreSQL database", zh: "第一台机器已登录 {provider}，并将账号保存在 PostgreSQL 数据库中" }
    /// Shown.
    machines_second { en: "The second machine got the address of the database and a copy of its key file", zh: "第二台机器获得了数据库地址和密钥文件的副本" }
    /// A step.
    machines_race { en: "1. Two hours later the token has ended, and both machines ask at once", zh: "1. 两小时后令牌到期，两台机器同时请求" }
    /// A command, twice.
    on_each { en: "(on each)", zh: "（在每台机器上）" }
    /// Shown.
    machines_same { en: "Both got the same new token", zh: "两台机器得到同一个新令牌" }
    /// Shown.
    machines_one_call { en: "The provider got one call: one machine renewed, the other adopted", zh: "提供商只收到一次调用：一台续期，另一台直接采用" }
    /// A step.
    machines_without { en: "2. The database stops while a gateway runs", zh: "2. 网关运行时数据库停止" }
    /// No key.
    machines_no_key { en: "no client key was made", zh: "未能创建客户端密钥" }
    /// Shown.
    machines_before { en: "With the database, the gateway serves", zh: "数据库可用时，网关正常提供服务" }
    /// Shown.
    machines_serves_on { en: "Without it, the token that is still good serves on, and nothing is renewed", zh: "数据库停止后，仍有效的令牌继续使用，且不会续期" }
    /// Later.
    machines_late { en: "A program that starts now has nothing to serve.", zh: "此时启动的程序没有可用的令牌。" }
    /// Shown.
    machines_told { en: "It ends with exit code 8 and says which setting leads to the database", zh: "它以退出码 8 结束，并说明哪个设置指向数据库" }
    /// It does not start.
    gateway_not_started { en: "the gateway could not be started", zh: "无法启动网关" }
    /// It says nothing.
    gateway_silent { en: "the gateway is silent", zh: "网关没有输出" }
    /// It ended.
    gateway_ended { en: "the gateway ended", zh: "网关已退出" }
    /// It did not come up.
    gateway_down { en: "the gateway did not start", zh: "网关未启动" }
    /// It is nowhere.
    gateway_nowhere { en: "the gateway has no address", zh: "网关没有地址" }
}
