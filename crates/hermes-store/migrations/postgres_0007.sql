-- Sums of the last day, week and month for each login, model and client key, so that the busiest are found without a look at
-- all. They are made anew from `usage_sum` whenever another hour or day begins.

CREATE TABLE usage_rank (
    period TEXT NOT NULL CHECK (period IN ('day', 'week', 'month')),
    dimension TEXT NOT NULL CHECK (dimension IN ('credential', 'key', 'model')),
    name TEXT NOT NULL,
    requests BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    input BIGINT NOT NULL,
    cache_read BIGINT NOT NULL,
    cache_write BIGINT NOT NULL,
    output BIGINT NOT NULL,
    reasoning BIGINT NOT NULL,
    PRIMARY KEY (period, dimension, name)
);

CREATE INDEX usage_rank_busiest ON usage_rank (period, dimension, requests);

-- When the last hour of the day, and the last day of week and month began. Whoever changes the sums takes this row first.
CREATE TABLE usage_period (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    day_last BIGINT NOT NULL,
    week_last BIGINT NOT NULL,
    month_last BIGINT NOT NULL
);

-- No hour began before all of these, so the first look makes the sums.
INSERT INTO usage_period VALUES (1, -1, -1, -1);
