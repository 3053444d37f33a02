-- Schema 3: where the other members reach one, as it says when it joins; empty: nowhere.
ALTER TABLE members ADD COLUMN address text NOT NULL DEFAULT '';
