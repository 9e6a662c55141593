use hermes_core::Explain;
use tokio::net::TcpListener;
use url::Url;

use super::{Dialer, connect};
use crate::{HttpConfig, ProxySettings, origin_of};

fn dialer(allow_private: bool) -> Dialer {
    Dialer::new(&HttpConfig {
        user_agent: "t".to_owned(),
        lab: None,
        proxy: ProxySettings::none(),
        extra_ca: None,
        allow_private,
    })
}

/// What the spelling of an address leads to, before any name is looked up.
fn verdict(spelling: &str, allow_private: bool) -> &'static str {
    let Ok(url) = Url::parse(spelling) else {
        return "unreadable";
    };
    match dialer(allow_private).check(&origin_of(&url)) {
        Ok(()) => "ok",
        Err(error) => error.kind(),
    }
}

const REFUSED: &[&str] = &[
    "https://169.254.169.254/",
    "https://169.254.169.254./",
    "https://0xa9fea9fe/",
    "https://2852039166/",
    "https://0251.0376.0251.0376/",
    "https://0xa9.0xfe.0xa9.0xfe/",
    "https://169.254.43518/",
    "https://169.16689662/",
    "https://%31%36%39.254.169.254/",
    "https://１６９.254.169.254/",
    "https://169。254。169。254/",
    "https://user:pass@169.254.169.254/",
    "https://169.254.169.254:443/",
    "https:169.254.169.254/",
    "https:\\\\169.254.169.254\\",
    "https:///169.254.169.254/",
    "https://[::ffff:169.254.169.254]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[2002:a9fe:a9fe::]/",
    "https://[fe80::1]/",
    "https://[ff02::1]/",
    "https://[::]/",
    "https://0/",
    "https://0.0.0.0/",
    "https://0x0/",
    "https://00.0/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://100.100.100.200/",
    "https://[fd00:ec2::254]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[0:0:0:0:0:ffff:7f00:0001]/",
    "http://[::ffff:127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://api.example.com/",
    "http://localhost.example.com/",
    "http://127.0.0.1.example.com/",
    "http://0.0.0.0/",
    "http://localhost./",
    "http://10.0.0.1/",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "unix:/var/run/docker.sock",
    "javascript:alert(1)",
    "data:text/plain,x",
    "https://[::1",
    "https://",
    "//127.0.0.1/",
    "https://127.0.0.1:0/",
];

#[test]
fn spellings_of_refused_addresses_are_refused() {
    for spelling in REFUSED {
        assert_ne!(verdict(spelling, true), "ok", "{spelling}");
    }
    let private = [
        "https://10.0.0.1/",
        "https://0x0a000001/",
        "https://192.168.1.1/",
        "https://172.16.0.1/",
        "https://[fc00::1]/",
        "https://100.64.0.1/",
    ];
    for spelling in private {
        assert_eq!(verdict(spelling, false), "address_refused", "{spelling}");
        assert_eq!(verdict(spelling, true), "ok", "{spelling}");
    }
    for spelling in [
        "http://127.0.0.1:9/",
        "http://localhost:9/",
        "http://[::1]:9/",
        "http://127.1/",
        "http://2130706433/",
        "https://localhost/",
        "https://api.example.com/",
        "https://1.1.1.1/",
    ] {
        assert_eq!(verdict(spelling, false), "ok", "{spelling}");
    }
}

#[test]
fn name_that_leads_to_a_refused_address_is_not_dialled() {
    let origin = origin_of(&Url::parse("https://rebind.example/").unwrap());
    for address in [
        "127.0.0.1:443",
        "10.0.0.1:443",
        "169.254.169.254:443",
        "[::1]:443",
    ] {
        let error = dialer(false)
            .permit(&origin, address.parse().unwrap())
            .unwrap_err();
        assert_eq!(error.kind(), "address_refused");
        assert!(!error.sent());
    }
    let localhost = origin_of(&Url::parse("http://localhost/").unwrap());
    assert!(
        dialer(true)
            .permit(&localhost, "10.0.0.1:80".parse().unwrap())
            .is_err()
    );
    assert!(
        dialer(true)
            .permit(&localhost, "[::1]:80".parse().unwrap())
            .is_ok()
    );
}

#[tokio::test]
async fn dialled_socket_sends_without_delay() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let origin = origin_of(&Url::parse("http://127.0.0.1/").unwrap());
    let dead = "127.0.0.1:1".parse().unwrap();
    let stream = connect(&origin, &[dead, address]).await.unwrap();
    assert!(stream.nodelay().unwrap());
}
