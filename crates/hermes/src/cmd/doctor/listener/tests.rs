use super::{owners, reachable};

/// As a little-endian machine prints it.
#[cfg(target_endian = "little")]
const TABLE: &str =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1E56 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 1 1 0 100 0 0 10 0
   1: 00000000:1E57 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1002        0 2 1 0 100 0 0 10 0
   2: 0100007F:1E56 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1003        0 3 1 0 100 0 0 10 0
   3: 0200007F:1E56 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1004        0 4 1 0 100 0 0 10 0
   4: 00000000000000000000000001000000:1E56 00000000000000000000000000000000:0000 0A 0:0 0:0 0  1005 0 5
  half a line 0A";

#[cfg(target_endian = "little")]
#[test]
fn owners_of_a_table_are_those_who_listen_there() {
    for (address, users) in [
        ("127.0.0.1:7766", vec![1001]),
        ("127.0.0.1:7767", vec![1002]),
        ("127.0.0.2:7766", vec![1004]),
        ("[::1]:7766", vec![1005]),
        ("127.0.0.1:7768", vec![]),
    ] {
        assert_eq!(owners(TABLE, address.parse().unwrap()), users, "{address}");
    }
}

#[cfg(target_endian = "little")]
#[test]
fn listeners_that_others_reach_are_told_from_those_of_this_machine() {
    for (port, addresses) in [(7766, vec![]), (7767, vec!["0.0.0.0"]), (7768, vec![])] {
        let found: Vec<_> = reachable(TABLE, port).iter().map(ToString::to_string).collect();
        assert_eq!(found, addresses, "{port}");
    }
    let wide = TABLE
        .replace("01000000:1E56", "00000000:1E56")
        .replace("0100007F:1E56 0", "0200A8C0:1E56 0");
    let found: Vec<_> = reachable(&wide, 7766).iter().map(ToString::to_string).collect();
    assert_eq!(found, ["192.168.0.2", "::"]);
}
