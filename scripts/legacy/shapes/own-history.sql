-- about: migrations of the site's own, by the official CLI
-- stops: table supabase_migrations.schema_migrations

create schema supabase_migrations;
create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
insert into supabase_migrations.schema_migrations values ('20240101000000', '{}', 'chat');
