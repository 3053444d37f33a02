-- Schema 1 of the SQLite store. The rows of list N are in the table list_N, made with the list: the 23 columns of the
-- OCS format, then the list's user columns.

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE lists (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- state: 0 intent, 1 dialed, 2 done, 3 unknown. ended_ms is 0 and result null while the attempt is in flight.
CREATE TABLE attempts (
  list INTEGER NOT NULL,
  record_id INTEGER NOT NULL,
  n INTEGER NOT NULL,
  chain_id INTEGER NOT NULL,
  chain_n INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
  contact_info TEXT NOT NULL,
  trunk TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL,
  result INTEGER,
  PRIMARY KEY (list, record_id, n)
) STRICT, WITHOUT ROWID;

-- Small: only what is in flight.
CREATE INDEX attempts_in_flight ON attempts (list) WHERE state < 2;

-- How chains ended.
CREATE TABLE chains (
  list INTEGER NOT NULL,
  chain_id INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL,
  reason TEXT NOT NULL,
  post_processing TEXT NOT NULL,
  PRIMARY KEY (list, chain_id)
) STRICT, WITHOUT ROWID;

-- kind: 0 phone or address, 1 customer id.
CREATE TABLE do_not_call (
  kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 1),
  value TEXT NOT NULL,
  PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
