-- Refresh leases that survive crashes, cool-downs of parts, strategies, and a record of which credential changed last.

ALTER TABLE credential ADD COLUMN weight INTEGER NOT NULL DEFAULT 1;
ALTER TABLE credential ADD COLUMN resets INTEGER NOT NULL DEFAULT 0;

ALTER TABLE credential_health ADD COLUMN probe_until INTEGER;

ALTER TABLE pool ADD COLUMN turns INTEGER NOT NULL DEFAULT 0;

DROP TABLE credential_lease;

-- The attempt is random, not a number that counts up.
CREATE TABLE credential_lease (
    cred_id TEXT PRIMARY KEY REFERENCES credential (id) ON DELETE CASCADE,
    gen INTEGER NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('idle', 'leased', 'sent', 'uncertain', 'needs-login')),
    attempt_id TEXT,
    attempts INTEGER NOT NULL,
    holder_machine TEXT,
    holder_node TEXT,
    holder_boot TEXT,
    lease_until INTEGER,
    at_fingerprint TEXT,
    at_expires INTEGER,
    retry_at INTEGER,
    cause TEXT
) STRICT, WITHOUT ROWID;

INSERT INTO credential_lease (cred_id, gen, phase, attempts, at_expires)
    SELECT cred_id, gen, 'idle', 0, expires FROM credential_secret;

CREATE TABLE node (
    id TEXT PRIMARY KEY,
    machine TEXT NOT NULL,
    boot TEXT NOT NULL,
    keeper INTEGER NOT NULL,
    seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Without a reference to the credential, so that its rows are locked after the version counter and never before.
CREATE TABLE credential_change (
    cred_id TEXT PRIMARY KEY,
    changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX credential_change_at ON credential_change (changed);

INSERT INTO credential_change (cred_id, changed)
    SELECT id, (SELECT value FROM counter WHERE name = 'version') FROM credential;

-- The version is moved by the statements themselves now, with the credential that moved it.
DROP TRIGGER credential_insert;
DROP TRIGGER credential_update;
DROP TRIGGER credential_delete;
DROP TRIGGER credential_secret_insert;
DROP TRIGGER credential_secret_update;
DROP TRIGGER credential_secret_delete;
DROP TRIGGER credential_health_insert;
DROP TRIGGER credential_health_update;
DROP TRIGGER credential_health_delete;
DROP TRIGGER pool_insert;
DROP TRIGGER pool_update;
DROP TRIGGER pool_delete;
DROP TRIGGER client_key_insert;
DROP TRIGGER client_key_update;
DROP TRIGGER client_key_delete;

PRAGMA user_version = 2;
