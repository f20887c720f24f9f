CREATE TABLE "notes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	"text" text NOT NULL CONSTRAINT "notes_text_unique" UNIQUE
);
--> statement-breakpoint
INSERT INTO "notes" ("text") VALUES ('from the migration; with a semicolon'); -- and a comment
