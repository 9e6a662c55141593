-- Who may look after this store in a browser: one-time codes and session tokens, as SHA-256 of random values. No change of
-- these moves the version, which is about credentials.

CREATE TABLE admin_code (
    hash TEXT PRIMARY KEY,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE admin_session (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    used INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 3;
