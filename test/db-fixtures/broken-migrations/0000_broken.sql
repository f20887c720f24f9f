CREATE TABLE "half" ("id" integer);
--> statement-breakpoint
INSERT INTO "nowhere" VALUES (1);
