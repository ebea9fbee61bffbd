-- A ledger as version 1 of its tables made it: two reports, two claims, one decision.
BEGIN TRANSACTION;
CREATE TABLE claim_actors (
	claim INTEGER NOT NULL, 
	actor TEXT NOT NULL, 
	words TEXT NOT NULL, 
	role VARCHAR NOT NULL, 
	FOREIGN KEY(claim) REFERENCES claims (seq)
);
CREATE TABLE claim_places (
	claim INTEGER NOT NULL, 
	place TEXT NOT NULL, 
	words TEXT NOT NULL, 
	role VARCHAR NOT NULL, 
	FOREIGN KEY(claim) REFERENCES claims (seq)
);
CREATE TABLE claims (
	seq INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	report INTEGER NOT NULL, 
	type VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	hedged BOOLEAN NOT NULL, 
	first_day DATE, 
	last_day DATE, 
	day DATE, 
	origin_id TEXT NOT NULL, 
	origin_words TEXT NOT NULL, 
	origin_kind VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	why TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE (id), 
	FOREIGN KEY(report) REFERENCES reports (seq)
);
INSERT INTO "claims" VALUES(1,'d4aaf5d5fc695366',1,'control_gained','happened',0,NULL,NULL,'2024-12-08','','','','{"id": "d4aaf5d5fc695366", "report": "one", "type": "control_gained", "status": "happened", "actor": [], "target": [], "place": [], "toward": [], "extent": null, "when": null, "time": null, "quantity": null, "chain": [], "hedged": false, "trigger": {"start": 0, "end": 5, "text": "سيطرت"}, "evidence": {"start": 0, "end": 21, "text": "سيطرت الفصائل على حمص"}, "reader": "fake/1"}','[]');
INSERT INTO "claims" VALUES(2,'e97cee2e244038e5',2,'entered','happened',0,NULL,NULL,'2024-12-08','','','','{"id": "e97cee2e244038e5", "report": "two", "type": "entered", "status": "happened", "actor": [], "target": [], "place": [], "toward": [], "extent": null, "when": null, "time": null, "quantity": null, "chain": [], "hedged": false, "trigger": {"start": 0, "end": 5, "text": "وصلت "}, "evidence": {"start": 0, "end": 36, "text": "وصلت الفصائل إلى أطراف للحـديدة مساء"}, "reader": "fake/1"}','[]');
CREATE TABLE custody (
	seq INTEGER NOT NULL, 
	report INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	size BIGINT NOT NULL, 
	received_at DATETIME NOT NULL, 
	source TEXT NOT NULL, 
	kind VARCHAR NOT NULL, 
	command TEXT NOT NULL, 
	reader VARCHAR NOT NULL, 
	pack VARCHAR NOT NULL, 
	PRIMARY KEY (seq), 
	FOREIGN KEY(report) REFERENCES reports (seq)
);
INSERT INTO "custody" VALUES(1,1,'0000000000000000000000000000000000000000000000000000000000000000',1,'2024-12-09 00:00:00.000000','here','text','riwaya add','fake/1','pack');
INSERT INTO "custody" VALUES(2,2,'0000000000000000000000000000000000000000000000000000000000000000',1,'2024-12-09 00:00:00.000000','here','text','riwaya add','fake/1','pack');
CREATE TABLE decisions (
	seq INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	author TEXT NOT NULL, 
	made_at DATETIME NOT NULL, 
	payload TEXT NOT NULL, 
	withdraws VARCHAR, 
	PRIMARY KEY (seq), 
	UNIQUE (id)
);
INSERT INTO "decisions" VALUES(1,'ba6e5596fb91805e','same','أمل','2026-11-22 21:37:52.016537','{"claims": ["d4aaf5d5fc695366", "e97cee2e244038e5"]}',NULL);
CREATE TABLE meta (
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('version','1');
CREATE TABLE reports (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	title TEXT NOT NULL, 
	outlet TEXT NOT NULL, 
	published VARCHAR, 
	url TEXT NOT NULL, 
	text TEXT NOT NULL, 
	language VARCHAR NOT NULL, 
	origin TEXT NOT NULL, 
	known_wall DATETIME NOT NULL, 
	known_utc DATETIME NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE (id)
);
INSERT INTO "reports" VALUES(1,'one','9b42b9c8cfb233d26576183943dc5b41645bed02e963b9a814a4ca0d8cc0acf1','عنوان','','2024-12-08T10:00:00+03:00','','سيطرت الفصائل على حمص','ar','','2024-12-08 10:00:00.000000','2024-12-08 07:00:00.000000');
INSERT INTO "reports" VALUES(2,'two','7bd46c33d94db9c4637350716b20cb7d98ed52a3f60e3110eca37f1872397031','','وكالة','2024-12-08T10:00:00+03:00','','وصلت الفصائل إلى أطراف للحـديدة مساء','ar','','2024-12-08 10:00:00.000000','2024-12-08 07:00:00.000000');
CREATE INDEX ix_reports_hash ON reports (hash);
CREATE INDEX ix_decisions_withdraws ON decisions (withdraws);
CREATE INDEX ix_custody_report ON custody (report);
CREATE INDEX claims_type_day ON claims (type, day);
CREATE INDEX ix_claims_report ON claims (report);
CREATE INDEX claims_day ON claims (day);
CREATE INDEX claims_origin ON claims (origin_id);
CREATE INDEX ix_claim_places_claim ON claim_places (claim);
CREATE INDEX claim_places_place ON claim_places (place, claim);
CREATE INDEX claim_places_words ON claim_places (words, claim);
CREATE INDEX claim_actors_actor ON claim_actors (actor, claim);
CREATE INDEX claim_actors_words ON claim_actors (words, claim);
CREATE INDEX ix_claim_actors_claim ON claim_actors (claim);
COMMIT;
