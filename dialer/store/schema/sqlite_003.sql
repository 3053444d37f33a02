-- Schema 3: chains that have been put away, and the documents that their sessions run.
CREATE TABLE instances (
  list INTEGER NOT NULL,
  chain_id INTEGER NOT NULL,
  handles_end INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (list, chain_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
  hash TEXT PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;
