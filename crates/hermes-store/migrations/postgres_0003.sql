-- Who may look after this store in a browser: one-time codes and session tokens, as SHA-256 of random values. No change of
-- these moves the version, which is about credentials.

CREATE TABLE admin_code (
    hash TEXT PRIMARY KEY,
    expires BIGINT NOT NULL
);

CREATE TABLE admin_session (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    created BIGINT NOT NULL,
    used BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
