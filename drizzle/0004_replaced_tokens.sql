-- Retries that are under way during the upgrade find the token that they replaced.
UPDATE "sessions" SET "replaced_tokens" = jsonb_build_array(jsonb_build_object(
  'hash', "previous_hash", 'at', (extract(epoch from "rotated_at") * 1000)::bigint))
WHERE "rotated_at" > now() - interval '10 minutes' AND "previous_hash" IS NOT NULL AND "ended_at" IS NULL;--> statement-breakpoint
ALTER TABLE "sessions" DROP COLUMN "previous_hash";--> statement-breakpoint
ALTER TABLE "sessions" DROP COLUMN "rotated_at";