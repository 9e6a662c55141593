mod upgrade;

use super::shown_address;

#[test]
fn shown_address_has_no_user_and_no_password() {
    let cases = [
        (
            "postgres://me:secret@db.example:5432/hermes",
            "postgres://db.example:5432/hermes",
        ),
        ("postgresql://db.example/hermes", "postgresql://db.example/hermes"),
        (
            "postgres://me@localhost/a?host=%2Frun%2Fpg&password=secret",
            "postgres:///run/pg/a",
        ),
        (
            "postgres://me:p@ss@db/hermes?sslmode=require",
            "postgres://db/hermes",
        ),
        ("nonsense with secret", "postgres://"),
    ];
    for (address, shown) in cases {
        assert_eq!(shown_address(address), shown);
    }
}
