-- Schema 3: where the other members reach one, as it has said; empty: nowhere. One that leaves takes no more shards.
ALTER TABLE members ADD COLUMN address text NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN leaving boolean NOT NULL DEFAULT false;

-- What a member may have of a trunk, of its channels and of the calls that begin in a second; over all rows of a trunk never more
-- than the smallest budget that one of them names. What a member has is held so long after its lease is over, until nothing of it
-- can be in use.
CREATE TABLE trunk_shares (
  trunk text NOT NULL,
  epoch bigint NOT NULL,
  channels bigint NOT NULL DEFAULT 0,
  starts bigint NOT NULL DEFAULT 0,
  channels_wanted bigint NOT NULL DEFAULT 0,
  starts_wanted bigint NOT NULL DEFAULT 0,
  budget_channels bigint NOT NULL,
  budget_starts_per_1000_s bigint NOT NULL,
  channels_held_ms bigint NOT NULL,
  starts_held_ms bigint NOT NULL,
  PRIMARY KEY (trunk, epoch)
) WITH (fillfactor = 50);
