-- Where things live that are not the API's own.

-- What lives in `private` cannot be called from outside: no API exposes it.
create schema private;
revoke all on schema private from public, anon, authenticated, service_role;

comment on schema private is 'Trigger functions of Munui. Not exposed: nobody calls anything in here directly.';

-- Who makes a request runs what lives in `guard`, but not by its name: no API exposes it either.
create schema guard;
revoke all on schema guard from public, anon, authenticated, service_role;
grant usage on schema guard to anon, authenticated, service_role;

comment on schema guard is 'What is asked before a request. Not exposed: no API calls anything in here by name.';
