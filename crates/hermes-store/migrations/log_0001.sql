-- Requests and what they used. Losing the last second of this file is acceptable; losing credentials is not.

CREATE TABLE request_log (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    key_id TEXT,
    cred_id TEXT,
    provider TEXT,
    model TEXT NOT NULL,
    protocol TEXT NOT NULL,
    status INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    first_byte_ms INTEGER,
    total_ms INTEGER NOT NULL,
    input INTEGER,
    cache_read INTEGER,
    cache_write INTEGER,
    output INTEGER,
    error TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX request_log_at ON request_log (at);

CREATE TABLE usage (
    node TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    cred_id TEXT NOT NULL,
    model TEXT NOT NULL,
    requests INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    output INTEGER NOT NULL,
    PRIMARY KEY (node, bucket, key_id, cred_id, model)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 1;
