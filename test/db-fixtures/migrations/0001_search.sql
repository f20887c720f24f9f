CREATE EXTENSION IF NOT EXISTS pg_trgm;
--> statement-breakpoint
CREATE INDEX "notes_text_trgm" ON "notes" USING gin ("text" gin_trgm_ops);
--> statement-breakpoint
SELECT pg_sleep(0.3)
