use std::net::IpAddr;

use super::{Allowed, refusal};

const NOTHING: Allowed = Allowed {
    loopback: false,
    private: false,
};
const EVERYTHING: Allowed = Allowed {
    loopback: true,
    private: true,
};

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn addresses_that_are_never_dialled_stay_refused_whatever_is_allowed() {
    for ip in [
        "0.0.0.0",
        "0.1.2.3",
        "169.254.169.254",
        "169.254.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "100.100.100.200",
        "192.0.0.192",
        "::",
        "fe80::1",
        "febf::1",
        "ff02::1",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
        "::ffff:0.0.0.0",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "2002:7f00:1::",
        "::ffff:0:169.254.169.254",
        "2001:0:1:2:3:4:5601:5601",
    ] {
        assert!(refusal(address(ip), EVERYTHING).is_some(), "{ip}");
    }
}

#[test]
fn addresses_of_this_machine_and_private_networks_need_permission() {
    for ip in [
        "127.0.0.1",
        "127.255.255.254",
        "::1",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "198.18.0.1",
        "fc00::1",
        "fd12::1",
        "fec0::1",
    ] {
        assert!(refusal(address(ip), NOTHING).is_some(), "{ip}");
        assert!(refusal(address(ip), EVERYTHING).is_none(), "{ip}");
    }
    for ip in ["::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2002:c0a8:101::"] {
        assert!(refusal(address(ip), NOTHING).is_some(), "{ip}");
        assert!(refusal(address(ip), EVERYTHING).is_none(), "{ip}");
    }
}

#[test]
fn public_addresses_are_dialled() {
    for ip in [
        "1.1.1.1",
        "172.32.0.1",
        "100.128.0.1",
        "192.0.2.1",
        "2606:4700::1111",
        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1",
        "2002:101:101::",
    ] {
        assert!(refusal(address(ip), NOTHING).is_none(), "{ip}");
    }
}
