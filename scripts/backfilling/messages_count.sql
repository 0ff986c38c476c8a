-- How many of each, after the plan: the same numbers for the run and for the dry run.
select
  (select count(*) from mapped where reason is null),
  (select count(*) from mapped where reason is not null),
  (select count(*) from settled where reason is not null),
  (select count(*) from settled where %(finish)s and reason is null and is_full),
  -- As text: a time of the legacy client may be one that no program can hold.
  (select w.old_created_at::text from mapped w order by w.old_created_at desc, w.id desc limit 1),
  (select w.id from mapped w order by w.old_created_at desc, w.id desc limit 1)
