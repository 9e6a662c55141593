-- Everything a server's database holds, in types and statements that PostgreSQL 15, CockroachDB and YugabyteDB share.
-- Times are unix milliseconds.

CREATE TABLE header (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    store_id TEXT NOT NULL,
    lab BIGINT NOT NULL CHECK (lab IN (0, 1)),
    schema BIGINT NOT NULL,
    created BIGINT NOT NULL,
    key_id TEXT NOT NULL,
    holder TEXT NOT NULL CHECK (holder IN ('keyring', 'passphrase', 'key-file')),
    stretch TEXT,
    wrapped_key BYTEA NOT NULL
);

CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE credential (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    organisation TEXT,
    label TEXT NOT NULL,
    label_key TEXT NOT NULL,
    method TEXT NOT NULL,
    region TEXT,
    billing TEXT NOT NULL,
    priority BIGINT NOT NULL,
    source TEXT NOT NULL,
    display TEXT,
    plan TEXT,
    created BIGINT NOT NULL,
    refreshed BIGINT,
    weight BIGINT NOT NULL DEFAULT 1,
    resets BIGINT NOT NULL DEFAULT 0,
    UNIQUE (provider, label_key),
    UNIQUE (provider, priority)
);

CREATE UNIQUE INDEX credential_identity
    ON credential (provider, issuer, subject, (coalesce(organisation, '')));

CREATE TABLE credential_secret (
    cred_id TEXT PRIMARY KEY REFERENCES credential (id) ON DELETE CASCADE,
    gen BIGINT NOT NULL CHECK (gen >= 1),
    access BYTEA NOT NULL,
    refresh BYTEA,
    extra BYTEA NOT NULL,
    expires BIGINT,
    earliest_refresh BIGINT,
    scopes TEXT NOT NULL
);

CREATE TABLE credential_lease (
    cred_id TEXT PRIMARY KEY REFERENCES credential (id) ON DELETE CASCADE,
    gen BIGINT NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('idle', 'leased', 'sent', 'uncertain', 'needs-login')),
    attempt_id TEXT,
    attempts BIGINT NOT NULL,
    holder_machine TEXT,
    holder_node TEXT,
    holder_boot TEXT,
    lease_until BIGINT,
    at_fingerprint TEXT,
    at_expires BIGINT,
    retry_at BIGINT,
    cause TEXT
);

-- A credential without a row is ready.
CREATE TABLE credential_health (
    cred_id TEXT NOT NULL REFERENCES credential (id) ON DELETE CASCADE,
    scope TEXT NOT NULL,
    until BIGINT,
    health TEXT NOT NULL,
    seq BIGINT NOT NULL,
    probe_until BIGINT,
    PRIMARY KEY (cred_id, scope)
);

CREATE TABLE pool (
    provider TEXT PRIMARY KEY,
    strategy TEXT NOT NULL,
    turns BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE login_attempt (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    method TEXT NOT NULL,
    region TEXT,
    label TEXT,
    state BYTEA NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);

CREATE TABLE client_key (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL,
    created BIGINT NOT NULL,
    revoked BIGINT
);

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT,
    sealed BYTEA,
    CHECK ((value IS NULL) <> (sealed IS NULL))
);

CREATE TABLE event (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    cred_id TEXT,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    gen BIGINT
);

CREATE INDEX event_credential ON event (cred_id, id);

CREATE TABLE node (
    id TEXT PRIMARY KEY,
    machine TEXT NOT NULL,
    boot TEXT NOT NULL,
    keeper BIGINT NOT NULL,
    seen BIGINT NOT NULL
);

-- Without a reference to the credential, so that its rows are locked after the version counter and never before.
CREATE TABLE credential_change (
    cred_id TEXT PRIMARY KEY,
    changed BIGINT NOT NULL
);

CREATE INDEX credential_change_at ON credential_change (changed);

CREATE TABLE request_log (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    key_id TEXT,
    cred_id TEXT,
    provider TEXT,
    model TEXT NOT NULL,
    protocol TEXT NOT NULL,
    status BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    first_byte_ms BIGINT,
    total_ms BIGINT NOT NULL,
    input BIGINT,
    cache_read BIGINT,
    cache_write BIGINT,
    output BIGINT,
    error TEXT
);

CREATE INDEX request_log_at ON request_log (at);

CREATE TABLE usage (
    node TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    key_id TEXT NOT NULL,
    cred_id TEXT NOT NULL,
    model TEXT NOT NULL,
    requests BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    input BIGINT NOT NULL,
    cache_read BIGINT NOT NULL,
    cache_write BIGINT NOT NULL,
    output BIGINT NOT NULL,
    PRIMARY KEY (node, bucket, key_id, cred_id, model)
);

INSERT INTO counter (name, value) VALUES ('version', 1);
