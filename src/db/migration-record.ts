/**
 * SQL for the schema of the record of what has been applied, quoted, or null where nothing has been. The record stands
 * beside the tables, since making a schema of its own takes CREATE on the database. Gatepost 0.1 made the schema
 * `drizzle` for it, beside tables in `public`: there it stays.
 */
export const recordSchema = `(
  SELECT quote_ident(schemaname) FROM pg_tables
  WHERE tablename = '__drizzle_migrations'
    AND (schemaname = ANY (current_schemas(false))
      OR schemaname = 'drizzle' AND 'public' = ANY (current_schemas(false)))
  ORDER BY array_position(current_schemas(false), schemaname) NULLS LAST LIMIT 1)`

/** Drizzle Kit's name for it. */
export const recordTable = '__drizzle_migrations'
