/**
 * SQL for the schema of the migration record, quoted, or null if nothing has been applied. The record is in the schema
 * of the tables, since creating its own schema would need CREATE on the database. Gatepost 0.1 created the schema
 * `drizzle` for it, with the tables in `public`; such a record stays there.
 */
export const recordSchema = `(
  SELECT quote_ident(schemaname) FROM pg_tables
  WHERE tablename = '__drizzle_migrations'
    AND (schemaname = ANY (current_schemas(false))
      OR schemaname = 'drizzle' AND 'public' = ANY (current_schemas(false)))
  ORDER BY array_position(current_schemas(false), schemaname) NULLS LAST LIMIT 1)`

/** The table name that Drizzle Kit uses. */
export const recordTable = '__drizzle_migrations'
