use super::{base, names_this_machine};

#[test]
fn names_that_every_machine_has_for_itself_let_nobody_in() {
    for (host, here) in [
        ("localhost", true),
        ("localhost:7766", true),
        ("localhost.:7766", true),
        ("hermes.localhost:7766", true),
        ("127.0.0.1", true),
        ("127.8.0.1:80", true),
        ("[::1]", true),
        ("[::1]:7766", true),
        ("::1", true),
        ("[::ffff:127.0.0.1]:7766", true),
        ("0.0.0.0:7766", true),
        ("", true),
        (":7766", true),
        ("hermes.example.com", false),
        ("hermes.example.com:7766", false),
        ("192.0.2.1:7766", false),
        ("[2001:db8::1]:7766", false),
        ("localhost.example.com", false),
    ] {
        assert_eq!(names_this_machine(host), here, "{host}");
    }
}

#[test]
fn names_are_taken_as_clients_send_them() {
    for host in [
        "hermes.example.com",
        "hermes.example.com:7766",
        "192.0.2.1:7766",
        "[2001:db8::1]:7766",
    ] {
        assert_eq!(base(host).unwrap().as_str(), format!("https://{host}/"));
    }
    for host in [
        "*",
        "*.example.com",
        "https://hermes.example.com",
        "hermes.example.com/",
        "hermes.example.com/path",
        "user@hermes.example.com",
        "hermes.example.com:443",
        "hermes.example.com#c=1",
        "two words",
        "hermes.example.com:99999",
    ] {
        assert!(base(host).is_err(), "{host}");
    }
}
