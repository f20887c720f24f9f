ALTER TABLE "sessions" ADD COLUMN "generation" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "replaced_tokens" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "generation" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "generation_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "sessions_orphaned" ON "sessions" USING btree ("id") WHERE "sessions"."user_id" is null and "sessions"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "users_generation_at" ON "users" USING btree ("generation_at") WHERE "users"."generation_at" is not null;