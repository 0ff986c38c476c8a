-- A schema that no API exposes: what lives here cannot be called from outside.

create schema private;
revoke all on schema private from public, anon, authenticated, service_role;

comment on schema private is 'Trigger functions of Munui. Not exposed: nobody calls anything in here directly.';
