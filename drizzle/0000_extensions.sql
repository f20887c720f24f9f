-- Trigrams make "contains" searches quick. The extension comes with PostgreSQL (package "contrib" on some
-- systems) and any owner of a database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
