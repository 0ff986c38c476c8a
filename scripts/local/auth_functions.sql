-- Schema `auth` as a hosted project shows it to policies and functions. The tables were made before.

grant usage on schema auth to anon, authenticated, service_role, authenticator;
grant select, insert, update, delete on all tables in schema auth to authenticator;

-- Hosted PostgREST sets request.jwt.claims as one JSON text, older ones a setting a claim: both are read.
create or replace function auth.jwt() returns jsonb language sql stable as $$
   select coalesce(
      nullif(current_setting('request.jwt.claim', true), ''),
      nullif(current_setting('request.jwt.claims', true), '')
   )::jsonb
$$;

create or replace function auth.uid() returns uuid language sql stable as $$
   select coalesce(
      nullif(current_setting('request.jwt.claim.sub', true), ''),
      (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
   )::uuid
$$;

create or replace function auth.role() returns text language sql stable as $$
   select coalesce(
      nullif(current_setting('request.jwt.claim.role', true), ''),
      (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role')
   )::text
$$;

create or replace function auth.email() returns text language sql stable as $$
   select coalesce(
      nullif(current_setting('request.jwt.claim.email', true), ''),
      (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email')
   )::text
$$;

grant execute on all functions in schema auth to public;
