-- A new table or function is nobody's until a migration says whose. A hosted project opens everything in public to all
-- three roles, and Postgres itself every function to everybody.

do $$
declare
  maker name;
  kind text;
begin
  -- Who makes things here, now and by the defaults of a hosted project. What belongs to a role that we are not (there
  -- supabase_admin, who makes nothing of ours) is left as it is.
  for maker in
    select current_user
    union
    select pg_get_userbyid(d.defaclrole) from pg_default_acl d
    where d.defaclnamespace = 'public'::regnamespace and pg_has_role(current_user, d.defaclrole, 'member')
  loop
    foreach kind in array array['tables', 'sequences', 'functions'] loop
      execute format(
        'alter default privileges for role %I in schema public revoke all on %s from public, anon, authenticated, service_role',
        maker, kind
      );
    end loop;
    -- Postgres's own default is no schema's, so it is taken away for all of them, and given back where extensions live.
    execute format('alter default privileges for role %I revoke execute on functions from public', maker);
    if to_regnamespace('extensions') is not null then
      execute format('alter default privileges for role %I in schema extensions grant execute on functions to public', maker);
    end if;
  end loop;
end
$$;
