-- A conversation as a list shows it, as the main line makes it.

-- include: ../migrations/20261126000700_summaries.sql
