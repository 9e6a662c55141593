//! The two servers: the same forwarding job for each.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::StartFigures;
use super::http::Connection;
use super::process::Running;

/// A server that can be loaded.
pub(crate) struct Server {
    /// Port on loopback.
    pub(crate) port: u16,
    /// Client key.
    pub(crate) key: String,
    /// Its process; the bench itself for the provider without a server between.
    pub(crate) process: Running,
}

impl Server {
    /// The provider without anything between; its process is an idle stand-in.
    pub(crate) fn direct(port: u16) -> Self {
        let mut idle = Command::new("sleep");
        idle.arg("600");
        let process = Running::start(&idle).expect("`sleep` starts");
        Self {
            port,
            key: "none".to_owned(),
            process,
        }
    }
}

/// The lab map that leads the provider's host to the simulated one.
pub(crate) fn lab_hosts(port: u16) -> String {
    format!("api.anthropic.com=http://127.0.0.1:{port}")
}

/// nginx as a bare proxy: one worker, keep-alive to the provider, no buffering of answers, request bodies in memory.
pub(crate) async fn nginx(folder: &Path, provider: u16) -> Result<Server> {
    let port = free_port()?;
    let config = folder.join("nginx.conf");
    fs_err::write(
        &config,
        format!(
            "worker_processes 1; daemon off; pid {0}/nginx.pid; error_log {0}/nginx.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {0}/body; proxy_temp_path {0}/proxy; fastcgi_temp_path {0}/f;
  uwsgi_temp_path {0}/u; scgi_temp_path {0}/s;
  keepalive_requests 1000000; client_body_buffer_size 512k; client_max_body_size 64m; tcp_nodelay on;
  upstream provider {{ server 127.0.0.1:{provider}; keepalive 64; keepalive_requests 1000000; }}
  server {{ listen 127.0.0.1:{port};
    location / {{ proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_buffering off; }} }}
}}
",
            folder.display()
        ),
    )?;
    let mut command = Command::new("nginx");
    command
        .arg("-c")
        .arg(&config)
        .arg("-e")
        .arg(folder.join("nginx.log"));
    let mut process = Running::start(&command)?;
    wait_for(port).await?;
    process.measure_worker().await?;
    Ok(Server {
        port,
        key: "none".to_owned(),
        process,
    })
}

/// Hermes with one API key and one client key, in a lab home whose provider is the simulated one.
pub(crate) async fn hermes(binary: &Path, folder: &Path, provider: u16) -> Result<(Server, StartFigures)> {
    let home = folder.join("home");
    let command = |args: &[&str]| {
        let mut command = Command::new(binary);
        command
            .args(args)
            .arg("--home")
            .arg(&home)
            .env("HERMES_LAB_HOSTS", lab_hosts(provider));
        command
    };
    let mut add = command(&[
        "auth",
        "add",
        "anthropic",
        "--method",
        "key",
        "--api-key-stdin",
        "--no-verify",
    ]);
    let mut child = add
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    child
        .stdin
        .take()
        .context("stdin")?
        .write_all(b"sk-ant-api-bench-0123456789")?;
    anyhow::ensure!(child.wait()?.success(), "the key could not be added");
    let created = command(&["key", "create", "bench"]).output()?;
    let text = String::from_utf8_lossy(&created.stdout).into_owned();
    let key = text
        .split_whitespace()
        .find(|word| word.starts_with("hk-"))
        .context("no client key was printed")?;
    let port = free_port()?;
    let listen = format!("127.0.0.1:{port}");
    let (process, first_request_ms) =
        first_request(&command(&["up", "--listen", &listen]), port, key).await?;
    Ok((
        Server {
            port,
            key: key.to_owned(),
            process,
        },
        StartFigures { first_request_ms },
    ))
}

/// Starts the gateway and asks until the first answer is there.
#[expect(clippy::disallowed_methods, reason = "a bench measures the real clock")]
async fn first_request(command: &Command, port: u16, key: &str) -> Result<(Running, f64)> {
    let body = r#"{"model":"claude-sonnet-5","max_tokens":8,"messages":[{"role":"user","content":"hi"}]}"#;
    let request = format!(
        "POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nx-api-key: {key}\r\nanthropic-version: 2023-06-01\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let start = Instant::now();
    let process = Running::start(command)?;
    loop {
        if let Ok(mut connection) = Connection::open(port).await {
            connection.exchange(request.as_bytes(), || ()).await?;
            return Ok((process, start.elapsed().as_secs_f64() * 1000.0));
        }
        if start.elapsed() > Duration::from_secs(10) {
            bail!("`hermes up` does not listen");
        }
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "waiting for another process to listen")]
async fn wait_for(port: u16) -> Result<()> {
    for _ in 0..500 {
        if Connection::open(port).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    bail!("nothing listens on port {port}")
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()?
        .port())
}
