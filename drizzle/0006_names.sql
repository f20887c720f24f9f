DROP INDEX "posts_tags";--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "tag_keys" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
-- So that posts are found by their tags at once; `gatepost migrate` or the start folds the width of letters as well.
UPDATE "posts" SET "tag_keys" = (SELECT array_agg(DISTINCT lower(tag)) FROM unnest("tags") AS tag) WHERE "tags" <> '{}';--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "username_skeleton" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "name" text;--> statement-breakpoint
CREATE INDEX "posts_tag_keys" ON "posts" USING gin ("tag_keys");--> statement-breakpoint
CREATE INDEX "users_without_skeleton" ON "users" USING btree ("id") WHERE "users"."username_skeleton" is null;--> statement-breakpoint
CREATE INDEX "users_name_search" ON "users" USING gin ("name" gin_trgm_ops);--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_username_skeleton_key" UNIQUE("username_skeleton");