-- How a request went, as JSON, where its row does not tell it all; and how much of an answer was held back until it was one.

ALTER TABLE request_log ADD COLUMN story TEXT;
ALTER TABLE request_log ADD COLUMN held INTEGER;

PRAGMA user_version = 2;
