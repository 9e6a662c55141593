-- Credentials, their secrets and what is known about them. Times are unix milliseconds.

CREATE TABLE header (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    store_id TEXT NOT NULL,
    lab INTEGER NOT NULL CHECK (lab IN (0, 1)),
    schema INTEGER NOT NULL,
    created INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    holder TEXT NOT NULL CHECK (holder IN ('keyring', 'passphrase', 'key-file')),
    stretch TEXT,
    wrapped_key BLOB NOT NULL
) STRICT;

CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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
    priority INTEGER NOT NULL,
    source TEXT NOT NULL,
    display TEXT,
    plan TEXT,
    created INTEGER NOT NULL,
    refreshed INTEGER,
    UNIQUE (provider, label_key),
    UNIQUE (provider, priority)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX credential_identity
    ON credential (provider, issuer, subject, coalesce(organisation, ''));

CREATE TABLE credential_secret (
    cred_id TEXT PRIMARY KEY REFERENCES credential (id) ON DELETE CASCADE,
    gen INTEGER NOT NULL CHECK (gen >= 1),
    access BLOB NOT NULL,
    refresh BLOB,
    extra BLOB NOT NULL,
    expires INTEGER,
    earliest_refresh INTEGER,
    scopes TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE credential_lease (
    cred_id TEXT PRIMARY KEY REFERENCES credential (id) ON DELETE CASCADE,
    gen INTEGER NOT NULL,
    phase TEXT NOT NULL DEFAULT 'idle'
        CHECK (phase IN ('idle', 'leased', 'sent', 'uncertain', 'needs-login')),
    attempt_id BLOB,
    attempts INTEGER NOT NULL DEFAULT 0,
    holder_node TEXT,
    holder_boot TEXT,
    lease_until INTEGER,
    at_fingerprint BLOB,
    at_expires INTEGER,
    retry_at INTEGER
) STRICT, WITHOUT ROWID;

-- A credential without a row is ready.
CREATE TABLE credential_health (
    cred_id TEXT NOT NULL REFERENCES credential (id) ON DELETE CASCADE,
    scope TEXT NOT NULL,
    until INTEGER,
    health TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (cred_id, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE pool (
    provider TEXT PRIMARY KEY,
    strategy TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE login_attempt (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    method TEXT NOT NULL,
    region TEXT,
    label TEXT,
    state BLOB NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE client_key (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL,
    created INTEGER NOT NULL,
    revoked INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT,
    sealed BLOB,
    CHECK ((value IS NULL) <> (sealed IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    cred_id TEXT,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    gen INTEGER
) STRICT;

CREATE INDEX event_credential ON event (cred_id, id);

INSERT INTO counter (name, value) VALUES ('version', 1), ('backup', 0);

-- Every change that a reader may have cached moves the version in the same transaction.
CREATE TRIGGER credential_insert AFTER INSERT ON credential BEGIN
    UPDATE counter SET value = value + 1 WHERE name = 'version';
END;

CREATE TRIGGER credential_update AFTER UPDATE ON credential BEGIN
    UPDATE counter SET value = value + 1 WHERE name = 'version';
END;

CREATE TRIGGER credential_delete AFTER DELETE ON credential BEGIN
    UPDATE counter SET value = value + 1 WHERE name = 'version';
END;

CREATE TRIGGER credential_secret_insert AFTER INSERT ON credential_secret BEGIN
    UPDATE counter SET value = value + 1 WHERE name = 'version';
END;

CREATE TRIGGER credential_secret_update AFTER UPDATE ON credential_secret BEGIN
    UPDATE counter SET value = value + 1 WHERE name = 'version';
END;

CREATE TRIGGER credential_secret_delete AFTER DELETE ON credential_secret BEGIN
    UPDATE counter SET value = value + 1 WHERE name = 'version';
END;

CREATE TRIGGER credential_health_insert AFTER INSERT ON credential_health BEGIN
    UPDATE counter SET value = value + 1 WHERE name = 'version';
END;

CREATE TRIGGER credential_health_update AFTER UPDATE ON credential_health BEGIN
    UPDATE counter SET value = value + 1 WHERE name = 'version';
END;

CREATE TRIGGER credential_health_delete AFTER DELETE ON credential_health BEGIN
    UPDATE counter SET value = value + 1 WHERE name = 'version';
END;

CREATE TRIGGER pool_insert AFTER INSERT ON pool BEGIN
    UPDATE counter SET value = value + 1 WHERE name = 'version';
END;

CREATE TRIGGER pool_update AFTER UPDATE ON pool BEGIN
    UPDATE counter SET value = value + 1 WHERE name = 'version';
END;

CREATE TRIGGER pool_delete AFTER DELETE ON pool BEGIN
    UPDATE counter SET value = value + 1 WHERE name = 'version';
END;

CREATE TRIGGER client_key_insert AFTER INSERT ON client_key BEGIN
    UPDATE counter SET value = value + 1 WHERE name = 'version';
END;

CREATE TRIGGER client_key_update AFTER UPDATE ON client_key BEGIN
    UPDATE counter SET value = value + 1 WHERE name = 'version';
END;

CREATE TRIGGER client_key_delete AFTER DELETE ON client_key BEGIN
    UPDATE counter SET value = value + 1 WHERE name = 'version';
END;

PRAGMA user_version = 1;
