-- Schema 5: passive chains. due_ms > 0: the chain has left memory until then; its rows stay Retrieved. listens: it awaits
-- ocs.daytime_change, so a load has to tell it. epoch: the owner that saved it. Record handles are
-- reserved in blocks, because a start cannot look through ten million instances.
ALTER TABLE instances ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN listens INTEGER NOT NULL DEFAULT 0;
CREATE INDEX instances_listening ON instances (list, chain_id) WHERE due_ms > 0 AND listens = 1;
CREATE INDEX instances_in_memory ON instances (list, chain_id) WHERE due_ms = 0;
INSERT INTO meta (key, value) SELECT 'handles_end', CAST(max(handles_end) AS TEXT) FROM instances HAVING count(*) > 0;
