-- about: an event trigger of the site's
-- stops: event trigger watch_ddl

create function public.watch() returns event_trigger language plpgsql as 'begin raise notice ''%'', tg_tag; end';
create event trigger watch_ddl on ddl_command_end execute function public.watch();
