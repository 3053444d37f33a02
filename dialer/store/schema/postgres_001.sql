-- Schema 1 of the PostgreSQL store, made in the first schema of search_path. The rows of list N are in the table list_N, made with
-- the list. Wide columns come first, so that none of ten million rows has gaps between them. Texts that are keys compare by their
-- bytes.

CREATE TABLE meta (
  key text COLLATE "C" PRIMARY KEY,
  value text NOT NULL
);

-- One row. Whoever owns the store has its epoch, and counts its transactions within them; room for new versions of the row is kept
-- beside it.
CREATE TABLE owner (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  epoch bigint NOT NULL,
  commits bigint NOT NULL,
  node text NOT NULL
) WITH (fillfactor = 10);
INSERT INTO owner (epoch, commits, node) VALUES (0, 0, '');

CREATE TABLE lists (
  id integer PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE
);

-- state: 0 intent, 1 dialed, 2 done, 3 unknown. ended_ms is 0 and result null while the attempt is in flight.
CREATE TABLE attempts (
  record_id bigint NOT NULL,
  chain_id bigint NOT NULL,
  started_ms bigint NOT NULL,
  ended_ms bigint NOT NULL,
  epoch bigint NOT NULL,
  list integer NOT NULL,
  n integer NOT NULL,
  chain_n integer NOT NULL,
  state smallint NOT NULL CHECK (state BETWEEN 0 AND 3),
  result smallint,
  contact_info text NOT NULL,
  trunk text NOT NULL,
  PRIMARY KEY (list, record_id, n)
);
-- Small: only what is in flight, only what ended unknown.
CREATE INDEX attempts_in_flight ON attempts (list, record_id) WHERE state < 2;
CREATE INDEX attempts_unknown ON attempts (list, ended_ms) WHERE state = 3;

-- How chains ended.
CREATE TABLE chains (
  chain_id bigint NOT NULL,
  ended_ms bigint NOT NULL,
  list integer NOT NULL,
  reason text NOT NULL,
  post_processing text NOT NULL,
  PRIMARY KEY (list, chain_id)
);

-- kind: 0 phone or address, 1 customer id.
CREATE TABLE do_not_call (
  kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 1),
  value text COLLATE "C" NOT NULL,
  PRIMARY KEY (kind, value)
);

-- The outbox of history records: what its receiver has not yet confirmed; ids grow and are never used again.
CREATE TABLE history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  chain_id bigint NOT NULL,
  list integer NOT NULL,
  uri text COLLATE "C" NOT NULL,
  body text NOT NULL
);
CREATE INDEX history_by_receiver ON history (uri, id);
CREATE INDEX history_by_chain ON history (list, chain_id, id);

-- Chains as they were saved last. due_ms > 0: the chain has left memory until then, and its rows stay Retrieved. listens: it awaits
-- ocs.daytime_change, so a load has to tell it. epoch: the owner that saved it. Each index is of a part: a start looks for those
-- that were in memory among ten million that were not.
CREATE TABLE instances (
  chain_id bigint NOT NULL,
  handles_end bigint NOT NULL,
  due_ms bigint NOT NULL,
  epoch bigint NOT NULL,
  version bigint NOT NULL,
  list integer NOT NULL,
  listens boolean NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (list, chain_id)
) WITH (fillfactor = 90);
CREATE INDEX instances_due ON instances (list, due_ms, chain_id) WHERE due_ms > 0;
CREATE INDEX instances_listening ON instances (list, chain_id) WHERE due_ms > 0 AND listens;
CREATE INDEX instances_in_memory ON instances (list, chain_id) WHERE due_ms = 0;

CREATE TABLE documents (
  hash text COLLATE "C" PRIMARY KEY,
  bytes bytea NOT NULL
);
