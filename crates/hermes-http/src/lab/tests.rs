use super::Lab;

#[test]
fn lab_map_leads_named_hosts_to_loopback() {
    let lab = Lab::parse(
        "Account.Example.com=http://127.0.0.1:9001, b.example=http://localhost:2,c.example=http://[::1]:3/,",
    )
    .unwrap();
    assert_eq!(
        lab.address("account.example.COM").unwrap().to_string(),
        "127.0.0.1:9001"
    );
    assert_eq!(lab.address("b.example").unwrap().to_string(), "127.0.0.1:2");
    assert_eq!(lab.address("c.example").unwrap().to_string(), "[::1]:3");
    assert!(lab.names("B.example") && !lab.names("d.example"));
    assert_eq!(
        lab.address("d.example").unwrap_err().to_string(),
        "`d.example` is not named in the lab map, and a lab home reaches no other host"
    );
}

#[test]
fn lab_map_with_a_target_elsewhere_is_refused() {
    for wrong in [
        "",
        ",",
        "a.example",
        "a.example=",
        "=http://127.0.0.1:1",
        "a.example=127.0.0.1:1",
        "a.example=https://127.0.0.1:1",
        "a.example=http://10.0.0.1:1",
        "a.example=http://example.com:1",
        "a.example=http://127.0.0.1:1/path",
        "a.example=http://127.0.0.1:1?x",
        "a.example=http://user@127.0.0.1:1",
        "a.example=http://0.0.0.0:1",
        "a.example=http://[::ffff:127.0.0.1]:1",
        "ok.example=http://127.0.0.1:1,a.example=http://8.8.8.8",
    ] {
        assert!(Lab::parse(wrong).is_err(), "{wrong}");
    }
}
