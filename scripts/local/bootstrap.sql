-- What a hosted project's database has before the first migration: roles, schemas, rights.
-- Run on every start, so each statement may be repeated. Tables of the product belong to the migrations.

do $$
begin
   if not exists (select from pg_roles where rolname = 'anon') then
      create role anon nologin noinherit;
   end if;
   if not exists (select from pg_roles where rolname = 'authenticated') then
      create role authenticated nologin noinherit;
   end if;
   if not exists (select from pg_roles where rolname = 'service_role') then
      create role service_role nologin noinherit bypassrls;
   end if;
   -- Whom the gateway connects as. It must inherit, or it would not find the tables whose schema it reads; it
   -- owns nothing, and BYPASSRLS is not inherited.
   if not exists (select from pg_roles where rolname = 'authenticator') then
      create role authenticator login;
   end if;
   execute format('alter database %I set search_path to "$user", public, extensions', current_database());
end
$$;

grant anon, authenticated, service_role to authenticator;
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';

create schema if not exists extensions;
grant usage on schema extensions to anon, authenticated, service_role;

grant usage on schema public to anon, authenticated, service_role;

-- As hosted: whatever a migration makes in `public` is open to all three until the migration says otherwise.
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
