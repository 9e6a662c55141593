-- What a client key may do, and when it was last used. The models are a JSON list; none means every model.

ALTER TABLE client_key ADD COLUMN last_used BIGINT;
ALTER TABLE client_key ADD COLUMN per_minute BIGINT;
ALTER TABLE client_key ADD COLUMN models TEXT;
