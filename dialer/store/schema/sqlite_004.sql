-- Schema 4: instances are saved whenever their chain waits, and the latest save counts; due_ms: when one that has left memory
-- is to be taken up, 0 while it is at work.
ALTER TABLE instances ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN due_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX instances_due ON instances (list, due_ms) WHERE due_ms > 0;
