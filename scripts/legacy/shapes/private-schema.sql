-- about: a schema of our name, used by the site
-- stops: schema private

create schema private;
create table private.settings (name text primary key);
grant usage on schema private to authenticated, service_role;
grant select on private.settings to authenticated;
