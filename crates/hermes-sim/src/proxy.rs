//! A TCP proxy that fails on command.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hermes_core::Clock;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// Bytes are carried in pieces of at most this size.
const PIECE: usize = 16 * 1024;

/// A proxy on a free port of 127.0.0.1 before one server. Its controls act at once, on open connections and on new ones. Dropping it
/// ends every connection.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    target: Target,
    clock: Arc<dyn Clock>,
    plan: watch::Sender<Plan>,
    connections: AtomicU64,
    to_server: Lane,
    to_client: Lane,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Shared").finish_non_exhaustive()
    }
}

enum Target {
    Tcp(SocketAddr),
    #[cfg_attr(not(unix), expect(dead_code, reason = "only made on Unix"))]
    Unix(PathBuf),
}

/// What is to happen now.
#[derive(Clone, Copy, Default)]
struct Plan {
    mode: Mode,
    delay: Duration,
    /// Goes up with every cut; a connection ends when it is not the number that it was accepted at.
    cuts: u64,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Pass,
    Refuse,
    Freeze,
    DropAnswers,
}

/// One direction, over all connections.
#[derive(Default)]
struct Lane {
    carried: AtomicU64,
    /// How many more bytes may pass before the connection that carries the last of them is cut.
    left: Mutex<Option<u64>>,
}

impl Proxy {
    /// A proxy before a TCP address; delays wait by `clock`.
    ///
    /// # Errors
    /// Those of binding.
    pub async fn to_tcp(address: SocketAddr, clock: Arc<dyn Clock>) -> io::Result<Self> {
        Self::start(Target::Tcp(address), clock).await
    }

    /// A proxy before a Unix socket; delays wait by `clock`.
    ///
    /// # Errors
    /// Those of binding.
    #[cfg(unix)]
    pub async fn to_unix(path: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> io::Result<Self> {
        Self::start(Target::Unix(path.into()), clock).await
    }

    async fn start(target: Target, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            target,
            clock,
            plan: watch::Sender::default(),
            connections: AtomicU64::new(0),
            to_server: Lane::default(),
            to_client: Lane::default(),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self {
            address,
            shared,
            task,
        })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Carries everything as it comes; ends every other command, also one that waits for a number of bytes.
    pub fn pass(&self) {
        self.shared.to_server.allow(None);
        self.shared.to_client.allow(None);
        self.set(Mode::Pass, Duration::ZERO);
    }

    /// Resets every connection now and each new one as soon as it is made.
    pub fn cut(&self) {
        self.shared.plan.send_modify(|plan| {
            plan.cuts += 1;
            plan.mode = Mode::Refuse;
        });
    }

    /// Resets each new connection as soon as it is made; open ones go on.
    pub fn refuse(&self) {
        self.set(Mode::Refuse, Duration::ZERO);
    }

    /// Accepts and carries nothing in either direction, as a network that swallows every packet; what was held back is carried
    /// after [`Proxy::pass`].
    pub fn freeze(&self) {
        self.set(Mode::Freeze, Duration::ZERO);
    }

    /// Carries every piece this much later, in both directions.
    pub fn delay(&self, span: Duration) {
        self.set(Mode::Pass, span);
    }

    /// Carries requests; the first answer on a connection is swallowed, and the connection reset then. So the server has done what
    /// the client never learns of. A request that takes several answers, as a statement that is prepared first, ends at the first.
    pub fn drop_answers(&self) {
        self.set(Mode::DropAnswers, Duration::ZERO);
    }

    /// Carries exactly this many more bytes to the server, on whichever connections, and resets the one that carried the last. Acts
    /// once.
    pub fn cut_after_to_server(&self, bytes: u64) {
        self.shared.to_server.allow(Some(bytes));
    }

    /// Carries exactly this many more bytes to clients, on whichever connections, and resets the one that carried the last. Acts
    /// once.
    pub fn cut_after_to_client(&self, bytes: u64) {
        self.shared.to_client.allow(Some(bytes));
    }

    /// Connections so far that were not refused.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Bytes carried to the server so far.
    pub fn bytes_to_server(&self) -> u64 {
        self.shared.to_server.carried.load(Ordering::Relaxed)
    }

    /// Bytes carried to clients so far.
    pub fn bytes_to_client(&self) -> u64 {
        self.shared.to_client.carried.load(Ordering::Relaxed)
    }

    fn set(&self, mode: Mode, delay: Duration) {
        self.shared.plan.send_modify(|plan| {
            plan.mode = mode;
            plan.delay = delay;
        });
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Lane {
    fn allow(&self, bytes: Option<u64>) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = bytes;
    }

    /// How many of `size` bytes may pass, and whether the connection is cut behind them.
    fn admit(&self, size: usize) -> (usize, bool) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        match *left {
            None => (size, false),
            Some(bytes) if bytes > size as u64 => {
                *left = Some(bytes - size as u64);
                (size, false)
            }
            Some(bytes) => {
                *left = None;
                // It is at most `size`.
                (usize::try_from(bytes).unwrap_or(size), true)
            }
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let plan = *shared.plan.borrow();
        if plan.mode == Mode::Refuse {
            reset(client);
            continue;
        }
        shared.connections.fetch_add(1, Ordering::Relaxed);
        connections.spawn(connection(client, Arc::clone(&shared), plan.cuts));
    }
}

/// A closed connection that leaves no time to linger is reset.
fn reset(client: TcpStream) {
    // Where that fails, the client sees an end instead.
    let _ = client.set_zero_linger();
}

async fn connection(mut client: TcpStream, shared: Arc<Shared>, cuts: u64) {
    // A failure here only costs speed.
    let _ = client.set_nodelay(true);
    let mut plan = shared.plan.subscribe();
    let ended = tokio::select! {
        _ = plan.wait_for(|plan| plan.cuts != cuts) => Err(io::ErrorKind::ConnectionReset.into()),
        ended = carry(&mut client, &shared, cuts) => ended,
    };
    if ended.is_err() {
        reset(client);
    }
}

async fn carry(client: &mut TcpStream, shared: &Shared, cuts: u64) -> io::Result<()> {
    thawed(&mut shared.plan.subscribe(), cuts).await?;
    match &shared.target {
        Target::Tcp(address) => {
            let server = TcpStream::connect(address).await?;
            server.set_nodelay(true)?;
            both(client, server, shared, cuts).await
        }
        #[cfg(unix)]
        Target::Unix(path) => both(client, tokio::net::UnixStream::connect(path).await?, shared, cuts).await,
        #[cfg(not(unix))]
        Target::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
    }
}

async fn both<S>(client: &mut TcpStream, server: S, shared: &Shared, cuts: u64) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite,
{
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = tokio::io::split(server);
    let way = |answers| Way {
        shared,
        cuts,
        answers,
    };
    let up = one_way(from_client, to_server, way(false));
    let down = one_way(from_server, to_client, way(true));
    tokio::try_join!(up, down).map(drop)
}

/// One direction of one connection.
struct Way<'a> {
    shared: &'a Shared,
    /// The number of cuts that it was accepted at.
    cuts: u64,
    answers: bool,
}

/// Carries one direction to its end; an error resets the connection.
async fn one_way<R, W>(mut from: R, mut to: W, way: Way<'_>) -> io::Result<()>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let Way {
        shared,
        cuts,
        answers,
    } = way;
    let lane = if answers {
        &shared.to_client
    } else {
        &shared.to_server
    };
    let mut plan = shared.plan.subscribe();
    let mut piece = vec![0; PIECE];
    loop {
        let size = from.read(&mut piece).await?;
        let delay = plan.borrow().delay;
        if !delay.is_zero() {
            shared.clock.sleep(delay).await;
        }
        let mode = thawed(&mut plan, cuts).await?;
        if size == 0 {
            return to.shutdown().await;
        }
        if answers && mode == Mode::DropAnswers {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let (size, last) = lane.admit(size);
        to.write_all(&piece[..size]).await?;
        lane.carried.fetch_add(size as u64, Ordering::Relaxed);
        if last {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
    }
}

/// Waits while nothing may be carried: the mode from then on, or the end if the connection has been cut. One look at the plan decides
/// both, as a cut ends a frozen mode too and its own watcher may hear of it later.
async fn thawed(plan: &mut watch::Receiver<Plan>, cuts: u64) -> io::Result<Mode> {
    let plan = plan
        .wait_for(|plan| plan.mode != Mode::Freeze || plan.cuts != cuts)
        .await;
    // Without a plan the proxy itself is gone.
    plan.ok()
        .filter(|plan| plan.cuts == cuts)
        .map(|plan| plan.mode)
        .ok_or_else(|| io::ErrorKind::ConnectionReset.into())
}
