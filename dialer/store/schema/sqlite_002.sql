-- Schema 2: the outbox of history records. A row is what its receiver has not yet confirmed; ids grow and are never used again.
CREATE TABLE history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uri TEXT NOT NULL,
  list INTEGER NOT NULL,
  chain_id INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE INDEX history_by_receiver ON history (uri, id);
CREATE INDEX history_by_chain ON history (list, chain_id, id);
