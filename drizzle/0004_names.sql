DROP INDEX "posts_tags";--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "tag_keys" text[] GENERATED ALWAYS AS (tag_keys("posts"."tags")) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "username_skeleton" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "name" text;--> statement-breakpoint
CREATE INDEX "posts_tag_keys" ON "posts" USING gin ("tag_keys");--> statement-breakpoint
CREATE INDEX "users_without_skeleton" ON "users" USING btree ("id") WHERE "users"."username_skeleton" is null;--> statement-breakpoint
CREATE INDEX "users_name_search" ON "users" USING gin ("name" gin_trgm_ops);--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_username_skeleton_key" UNIQUE("username_skeleton");