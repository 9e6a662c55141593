-- What lists and charts ask of the log: an index for each filter, newest first by the id, which carries its time; and sums by
-- hour and day for each login, model and client key, with the spread of latencies.

ALTER TABLE request_log ADD COLUMN reasoning INTEGER;

CREATE INDEX request_log_provider ON request_log (provider, id);
CREATE INDEX request_log_credential ON request_log (cred_id, id);
CREATE INDEX request_log_key ON request_log (key_id, id);
CREATE INDEX request_log_model ON request_log (model, id);

-- The same for those that failed. They are few, so these are small.
CREATE INDEX failed_log ON request_log (id) WHERE error IS NOT NULL;
CREATE INDEX failed_log_provider ON request_log (provider, id) WHERE error IS NOT NULL;
CREATE INDEX failed_log_credential ON request_log (cred_id, id) WHERE error IS NOT NULL;
CREATE INDEX failed_log_key ON request_log (key_id, id) WHERE error IS NOT NULL;
CREATE INDEX failed_log_model ON request_log (model, id) WHERE error IS NOT NULL;

-- The latencies are counts by slots of a log scale, such as `57:3 60:1`.
CREATE TABLE usage_sum (
    span TEXT NOT NULL CHECK (span IN ('hour', 'day')),
    dimension TEXT NOT NULL CHECK (dimension IN ('credential', 'key', 'model')),
    bucket INTEGER NOT NULL,
    name TEXT NOT NULL,
    requests INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    total_ms TEXT NOT NULL,
    first_byte_ms TEXT NOT NULL,
    PRIMARY KEY (span, dimension, bucket, name)
) STRICT, WITHOUT ROWID;

INSERT INTO usage_sum
    SELECT 'hour', 'credential', bucket, cred_id, sum(requests), sum(failures), sum(input), sum(cache_read),
        sum(cache_write), sum(output), 0, '', '' FROM usage GROUP BY bucket, cred_id;
INSERT INTO usage_sum
    SELECT 'hour', 'key', bucket, key_id, sum(requests), sum(failures), sum(input), sum(cache_read),
        sum(cache_write), sum(output), 0, '', '' FROM usage GROUP BY bucket, key_id;
INSERT INTO usage_sum
    SELECT 'hour', 'model', bucket, model, sum(requests), sum(failures), sum(input), sum(cache_read),
        sum(cache_write), sum(output), 0, '', '' FROM usage GROUP BY bucket, model;
INSERT INTO usage_sum
    SELECT 'day', dimension, bucket - bucket % 86400000, name, sum(requests), sum(failures), sum(input), sum(cache_read),
        sum(cache_write), sum(output), 0, '', '' FROM usage_sum GROUP BY dimension, bucket - bucket % 86400000, name;

PRAGMA user_version = 3;
