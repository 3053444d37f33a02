-- A step after the last one, beside which programs of the schema before can go on: to every table that they write rows into, a
-- column that they do not know, and a table of its own.
ALTER TABLE members ADD COLUMN next_word text NOT NULL DEFAULT 'older';
ALTER TABLE shards ADD COLUMN next_word text NOT NULL DEFAULT 'older';
ALTER TABLE attempts ADD COLUMN next_word text NOT NULL DEFAULT 'older';
ALTER TABLE chains ADD COLUMN next_word text NOT NULL DEFAULT 'older';
ALTER TABLE instances ADD COLUMN next_word text NOT NULL DEFAULT 'older';
ALTER TABLE documents ADD COLUMN next_word text NOT NULL DEFAULT 'older';
ALTER TABLE history ADD COLUMN next_word text NOT NULL DEFAULT 'older';
ALTER TABLE trunk_shares ADD COLUMN next_word text NOT NULL DEFAULT 'older';
ALTER TABLE orders ADD COLUMN next_word text NOT NULL DEFAULT 'older';
ALTER TABLE do_not_call ADD COLUMN next_word text NOT NULL DEFAULT 'older';
ALTER TABLE lists ADD COLUMN next_word text NOT NULL DEFAULT 'older';
ALTER TABLE meta ADD COLUMN next_word text NOT NULL DEFAULT 'older';
CREATE TABLE next_words (word text COLLATE "C" PRIMARY KEY);
