-- The words of posts come from the program from here on, the same on every server whatever its locale. What is there
-- stays, so that nothing is rewritten and servers of the former version go on: `gatepost migrate` or the start indexes
-- the posts whose search_rules are null anew, in steps, newest first. The functions of former versions stay: PostgreSQL 14
-- still holds the column to depend on them after DROP EXPRESSION, and would drop it with them.
ALTER TABLE "posts" ALTER COLUMN "excerpt" DROP EXPRESSION;--> statement-breakpoint
ALTER TABLE "posts" ALTER COLUMN "excerpt" SET DEFAULT '';--> statement-breakpoint
ALTER TABLE "posts" ALTER COLUMN "search" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "posts" ALTER COLUMN "search" DROP EXPRESSION;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "search_rules" smallint;--> statement-breakpoint
CREATE INDEX "posts_to_index" ON "posts" USING btree ("id") WHERE "posts"."search_rules" is null;
