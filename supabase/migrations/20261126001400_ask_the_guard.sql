-- PostgREST asks guard.before_request before every request of the API: db_pre_request.

-- The role that PostgREST connects as; where there is none, nobody would ask. A hosted project lets its owner set this;
-- where somebody may not, everything else goes on, and an administrator has to.
do $$
begin
  if exists (select from pg_roles where rolname = 'authenticator') then
    alter role authenticator set pgrst.db_pre_request = 'guard.before_request';
  end if;
exception when insufficient_privilege then
  raise warning 'PostgREST does not ask yet. As a superuser: alter role authenticator set pgrst.db_pre_request = ''guard.before_request''';
end
$$;
notify pgrst, 'reload config';
