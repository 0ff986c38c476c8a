-- What the triggers do, as the main line makes it.

-- include: ../migrations/20261126000800_trigger_functions.sql
