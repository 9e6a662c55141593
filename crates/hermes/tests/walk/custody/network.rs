//! The way to the issuer fails in every place of the one call.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use hermes_core::SystemClock;
use hermes_sim::{Proxy, SimOptions};
use pretty_assertions::assert_eq;

use super::{Custody, PROVIDER};

const ROUND: u64 = 10_000;
/// Seconds until a lease has lapsed and the grace is over.
const AFTER: u64 = 200;

/// What the network does to the call.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// The connection is reset as soon as it is there.
    Reset,
    /// It is reset in the middle of the request.
    HalfRequest,
    /// The issuer answers, and the answer is swallowed.
    NoAnswer,
    /// It is reset in the middle of the answer.
    HalfAnswer,
    /// Every packet is swallowed.
    Silence,
    /// Everything comes half a second later.
    Slow,
}

impl Fault {
    const ALL: [Self; 6] = [
        Self::Reset,
        Self::HalfRequest,
        Self::NoAnswer,
        Self::HalfAnswer,
        Self::Silence,
        Self::Slow,
    ];

    fn begin(self, proxy: &Proxy) {
        match self {
            Self::Reset => proxy.refuse(),
            Self::HalfRequest => proxy.cut_after_to_server(60),
            Self::NoAnswer => proxy.drop_answers(),
            Self::HalfAnswer => proxy.cut_after_to_client(60),
            Self::Silence => proxy.freeze(),
            Self::Slow => proxy.delay(Duration::from_millis(500)),
        }
    }

    /// Whether the issuer has taken the token while nobody learned of it.
    fn spends(self) -> bool {
        matches!(self, Self::NoAnswer | Self::HalfAnswer)
    }
}

/// A login whose token calls go through a proxy.
async fn behind_a_proxy() -> (Custody, Proxy) {
    let mut custody = Custody::over(None, SimOptions::default()).await;
    let hosts = custody.sim().lab_hosts();
    let (_, rest) = hosts.split_once("=http://").expect("a mapping");
    let sim = rest.split([',', ';', ' ']).next().expect("an address");
    let proxy = Proxy::to_tcp(sim.parse().expect("an address"), Arc::new(SystemClock::new()))
        .await
        .expect("the proxy starts");
    // A call that has not left may go to another address of the issuer, which fails alike.
    let hosts = hosts.replace(sim, &proxy.address().to_string());
    custody.lab.set("HERMES_LAB_HOSTS", &hosts);
    custody.sign_in().await;
    (custody, proxy)
}

/// Two calls at most, and no login lost that could be kept.
async fn fails(fault: Fault, forgiving: bool) {
    let (custody, proxy) = behind_a_proxy().await;
    if forgiving {
        custody.sim().script().reuse_grace(Duration::from_hours(1));
    }
    fault.begin(&proxy);
    let first = custody.run(&["token", PROVIDER], ROUND).await;
    if matches!(fault, Fault::Slow) {
        assert_eq!((first.code, custody.refreshes()), (0, 1), "{first:?}");
        return;
    }
    assert!(![0, 4].contains(&first.code), "{fault:?}: {first:?}");
    assert_eq!(custody.refreshes(), usize::from(fault.spends()), "{fault:?}");
    // What was held back is thrown away with its connection.
    proxy.cut();
    proxy.pass();
    let next = custody.run(&["token", PROVIDER], ROUND + AFTER).await;
    let login = custody.login(ROUND + AFTER).await;
    assert_eq!(
        custody.sim().most_overlapping_refreshes(),
        1,
        "{fault:?}: {first:?} {next:?}"
    );
    if fault.spends() && !forgiving {
        assert_eq!(next.code, 4, "{fault:?}: {next:?}");
        assert_eq!(login["health"]["cause"], "lost-rotation", "{fault:?}: {login}");
    } else {
        assert_eq!(next.code, 0, "{fault:?}: {next:?}");
        assert!(custody.sim().family_alive(next.stdout.trim()), "{fault:?}");
        assert_eq!(login["generation"], 2, "{fault:?}: {login}");
    }
    assert_eq!(custody.refreshes(), 1 + usize::from(fault.spends()), "{fault:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn call_that_fails_on_its_way_loses_only_what_a_strict_issuer_has_spent() {
    let cases = Fault::ALL
        .into_iter()
        .flat_map(|fault| [(fault, true), (fault, false)]);
    join_all(cases.map(|(fault, forgiving)| fails(fault, forgiving))).await;
}
