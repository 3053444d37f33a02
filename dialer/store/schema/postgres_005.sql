-- Schema 5: members of several versions work on one store. The row 'readable_from' of meta, which is written with 'schema', is the
-- oldest schema whose programs can; 'saved_chains' is the newest format of which there may be saved chains, and grows when all
-- members read a newer one. What a member knows, as in dialer/versions.hpp:
INSERT INTO meta (key, value) VALUES ('saved_chains', '1');
ALTER TABLE members ADD COLUMN schema bigint NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN saved_chains bigint NOT NULL DEFAULT 1;
ALTER TABLE members ADD COLUMN peer_protocol bigint NOT NULL DEFAULT 1;
ALTER TABLE members ADD COLUMN peer_protocol_least bigint NOT NULL DEFAULT 1;
