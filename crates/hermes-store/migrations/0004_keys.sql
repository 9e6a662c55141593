-- What a client key may do, and when it was last used. The models are a JSON list; none means every model.

ALTER TABLE client_key ADD COLUMN last_used INTEGER;
ALTER TABLE client_key ADD COLUMN per_minute INTEGER;
ALTER TABLE client_key ADD COLUMN models TEXT;

PRAGMA user_version = 4;
