//! The human: looks at codes, opens links, says yes or no.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use crate::state::{Decision, World};

/// Plays the person in front of the browser.
#[derive(Clone)]
pub struct Person {
    world: Arc<World>,
    port: u16,
}

impl Person {
    pub(crate) fn new(world: Arc<World>, port: u16) -> Self {
        Self { world, port }
    }

    /// Types a code and agrees; false when the code is not known or already decided.
    pub fn approve(&self, user_code: &str) -> bool {
        self.decide(user_code, Decision::Approved)
    }

    /// Types a code and refuses; false when the code is not known or already decided.
    pub fn deny(&self, user_code: &str) -> bool {
        self.decide(user_code, Decision::Denied)
    }

    /// Agrees to every later code at once.
    pub fn approve_everything(&self) {
        self.world.state().approve_everything = true;
    }

    fn decide(&self, user_code: &str, decision: Decision) -> bool {
        let mut state = self.world.state();
        match state.codes.get_mut(user_code) {
            Some(code) if code.decision == Decision::Open => {
                code.decision = decision;
                true
            }
            _ => false,
        }
    }

    /// Opens an authorize link and agrees: the redirect back to the program, or the text of the page that shows a code.
    ///
    /// # Errors
    /// What the provider's page says is wrong with the link.
    pub async fn approve_browser(&self, link: &str) -> Result<String, String> {
        let url = Url::parse(link).map_err(|error| error.to_string())?;
        let host = url.host_str().ok_or("the link has no host")?;
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let answer = get(self.port, host, path)
            .await
            .map_err(|error| error.to_string())?;
        match answer.status {
            302 => answer.location.ok_or_else(|| "a redirect to nowhere".to_owned()),
            200 => Ok(answer.body),
            status => Err(format!("{status}: {}", answer.body)),
        }
    }

    /// Follows a redirect to a loopback address as the browser would; the status of the page, none when nothing listens.
    pub async fn follow(&self, link: &str) -> Option<u16> {
        let url = Url::parse(link).ok()?;
        let host = format!("{}:{}", url.host_str()?, url.port()?);
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        Some(get(url.port()?, &host, path).await.ok()?.status)
    }
}

struct Page {
    status: u16,
    location: Option<String>,
    body: String,
}

async fn get(port: u16, host: &str, path: &str) -> io::Result<Page> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").as_bytes())
        .await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|word| word.parse().ok())
        .ok_or(io::ErrorKind::InvalidData)?;
    let location = head
        .lines()
        .find_map(|line| line.strip_prefix("location: "))
        .map(str::to_owned);
    Ok(Page {
        status,
        location,
        body: body.to_owned(),
    })
}
