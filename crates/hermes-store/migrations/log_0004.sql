-- Sums of the last day, week and month for each login, model and client key, so that the busiest are found without a look at
-- all. They are made anew from `usage_sum` whenever another hour or day begins.

CREATE TABLE usage_rank (
    period TEXT NOT NULL CHECK (period IN ('day', 'week', 'month')),
    dimension TEXT NOT NULL CHECK (dimension IN ('credential', 'key', 'model')),
    name TEXT NOT NULL,
    requests INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    PRIMARY KEY (period, dimension, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX usage_rank_busiest ON usage_rank (period, dimension, requests);

-- When the last hour of the day, and the last day of week and month began. Whoever changes the sums takes this row first.
CREATE TABLE usage_period (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    day_last INTEGER NOT NULL,
    week_last INTEGER NOT NULL,
    month_last INTEGER NOT NULL
) STRICT;

-- No hour began before all of these, so the first look makes the sums.
INSERT INTO usage_period VALUES (1, -1, -1, -1);

PRAGMA user_version = 4;
