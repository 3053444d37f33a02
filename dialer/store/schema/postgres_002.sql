-- Schema 2: several nodes work on one store. A member is a node from its start to its end; its epoch is never given again. A lease
-- that is over lets any other member end it; one without a lease works alone and holds the store's lock. Members count their
-- transactions, within them; room for new versions of a row is kept beside it. process and began name the server's process that
-- works for it; note is what it tells the others, as JSON.
CREATE SEQUENCE epochs;
SELECT setval('epochs', greatest(epoch, 1), epoch > 0) FROM owner;

CREATE TABLE members (
  epoch bigint PRIMARY KEY DEFAULT nextval('epochs'),
  commits bigint NOT NULL DEFAULT 0,
  lease_until timestamptz,
  ended boolean NOT NULL DEFAULT false,
  process integer NOT NULL DEFAULT 0,
  began text NOT NULL DEFAULT '',
  node text NOT NULL,
  note text NOT NULL DEFAULT ''
) WITH (fillfactor = 10);
INSERT INTO members (epoch, ended, node) SELECT epoch, true, node FROM owner WHERE epoch > 0;
DROP TABLE owner;

-- Whose chains are whose: epoch is that of a member; 0: nobody's.
CREATE TABLE shards (
  shard smallint PRIMARY KEY,
  epoch bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
INSERT INTO shards (shard) SELECT generate_series(0, 255);

-- As shard_of() of dialer/shards.hpp.
CREATE FUNCTION shard_of(list integer, chain_id bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (chain_id # (chain_id >> 8) # (chain_id >> 16) # (chain_id >> 24) # (chain_id >> 32) # (chain_id >> 40) # (chain_id >> 48)
          # (chain_id >> 56) # list) & 255
$$;

-- Each import of entries is a change, numbered in the order in which they are committed, so that every node hears of all of them.
ALTER TABLE do_not_call ADD COLUMN change bigint NOT NULL DEFAULT 0;
CREATE INDEX do_not_call_changes ON do_not_call (change);
