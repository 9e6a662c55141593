//! Two machines on one wire: two network namespaces, which need the kernel's leave and no network of this machine.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::harness::{Done, Lab, ended};
use crate::sdk::tool;

/// The address of the machine that Hermes runs on, as the other one sees it.
pub(super) const HERE: &str = "10.77.0.1";
const THERE: &str = "10.77.0.2";

const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// Connects from the other machine and prints what comes back: `refused`, `nothing`, or what was read, up to a line.
const PROBE: &str = "
import socket, ssl, sys
address, port, host, path, authority = sys.argv[1:6]
try:
    stream = socket.create_connection((address, int(port)), timeout=10)
    if authority:
        context = ssl.create_default_context(cafile=authority)
        stream = context.wrap_socket(stream, server_hostname=host)
    stream.sendall(f'GET {path} HTTP/1.1\\r\\nhost: {host}:{port}\\r\\nconnection: close\\r\\n\\r\\n'.encode())
    said = stream.recv(4096)
    print(said.split(b'\\r\\n')[0].decode(errors='replace') if said else 'nothing')
except ConnectionRefusedError:
    print('refused')
except ConnectionResetError:
    print('nothing')
";

/// The two machines; dropped, they are gone.
pub(super) struct Apart {
    here: Child,
    there: Child,
}

impl Apart {
    /// Makes them, or fails with the reason why this machine does not let us.
    pub(super) async fn new() -> Self {
        let here = stay(Command::new("unshare").args([
            "-rn",
            "sh",
            "-c",
            "ip link set lo up && echo ready && exec cat",
        ]))
        .await;
        let leave = inside(
            &here,
            &[
                "unshare",
                "-n",
                "sh",
                "-c",
                "ip link set lo up && echo ready && exec cat",
            ],
        );
        let there = stay(&mut { leave }).await;
        let apart = Self { here, there };
        let other = apart.there.id().expect("it runs");
        let wire = format!(
            "ip link add wire type veth peer name wire netns {other} && ip addr add {HERE}/24 dev wire && ip link set wire up"
        );
        apart.settle(inside(&apart.here, &["sh", "-c", &wire])).await;
        let wire = format!("ip addr add {THERE}/24 dev wire && ip link set wire up");
        apart.settle(inside(&apart.there, &["sh", "-c", &wire])).await;
        apart
    }

    async fn settle(&self, mut command: Command) {
        let done = command.output().await.expect("nsenter starts");
        assert!(done.status.success(), "no wire between two namespaces: {done:?}");
    }

    /// The program on the first machine, with this lab's environment.
    fn hermes(&self, lab: &Lab, args: &[&str]) -> Command {
        let plain = lab.command(args);
        let plain = plain.as_std();
        let program = plain.get_program().to_str().expect("text");
        let mut command = inside(&self.here, &[program]);
        let envs = plain.get_envs().filter_map(|(name, value)| Some((name, value?)));
        command.args(plain.get_args()).env_clear().envs(envs);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program there to its end.
    pub(super) async fn run(&self, lab: &Lab, args: &[&str]) -> Done {
        ended(self.hermes(lab, args)).await
    }

    /// Starts the program there; it is ready when this returns.
    pub(super) async fn up(&self, lab: &Lab, args: &[&str]) -> Child {
        let args = [&["up", "--json"], args].concat();
        let mut child = self
            .hermes(lab, &args)
            .kill_on_drop(true)
            .spawn()
            .expect("hermes starts");
        let told = line(&mut child).await;
        assert!(
            told.starts_with('{'),
            "{args:?}: {told:?} {:?}",
            child.wait_with_output().await
        );
        child
    }

    /// What the other machine gets for a request, with TLS where a certificate to trust is given.
    pub(super) async fn asks(&self, port: u16, host: &str, path: &str, authority: &str) -> String {
        let python = tool("HERMES_TEST_PYTHON");
        let probe = [
            python.as_str(),
            "-c",
            PROBE,
            HERE,
            &port.to_string(),
            host,
            path,
            authority,
        ];
        let done = inside(&self.there, &probe).output().await.expect("Python starts");
        assert!(done.status.success(), "{done:?}");
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }
}

/// A command in the namespaces of a process.
fn inside(of: &Child, words: &[&str]) -> Command {
    let mut command = Command::new("nsenter");
    let pid = of.id().expect("it runs").to_string();
    command
        .args([
            "--target",
            &pid,
            "--user",
            "--net",
            "--preserve-credentials",
            "--",
        ])
        .args(words)
        .env("PATH", PATH);
    command
}

/// Starts what holds a namespace, and waits until that is there.
async fn stay(command: &mut Command) -> Child {
    let command = command
        .env("PATH", PATH)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("util-linux is installed");
    if line(&mut child).await.trim() == "ready" {
        return child;
    }
    let done = child.wait_with_output().await.expect("an end");
    panic!(
        "this machine permits no network namespaces, and this test is about two machines: {}\nrun it as root, or allow \
         unprivileged user namespaces",
        String::from_utf8_lossy(&done.stderr)
    );
}

async fn line(child: &mut Child) -> String {
    let output = child.stdout.as_mut().expect("a pipe");
    let mut text = String::new();
    let mut reader = BufReader::new(output);
    tokio::time::timeout(std::time::Duration::from_secs(30), reader.read_line(&mut text))
        .await
        .expect("a line in time")
        .expect("text");
    text
}
