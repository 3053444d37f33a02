-- Schema 4: members know each other's certificates, and hear of orders that were given to one of them.

-- SHA-256 of the certificate that a member shows at its address, in hexadecimal digits; '': it shows none.
ALTER TABLE members ADD COLUMN fingerprint text NOT NULL DEFAULT '';

-- What was ordered last of each campaign. what: 'state', of value 0 not loaded, 1 loaded, 2 running, 3 not loaded and at once; or
-- 'agents', their number. Each order is a change, numbered in the order in which they are committed.
CREATE TABLE orders (
  campaign text COLLATE "C" NOT NULL,
  what text COLLATE "C" NOT NULL,
  value bigint NOT NULL,
  change bigint NOT NULL,
  PRIMARY KEY (campaign, what)
);
CREATE INDEX orders_changes ON orders (change);
