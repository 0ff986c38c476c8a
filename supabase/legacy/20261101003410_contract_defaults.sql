-- What holds for everything else in the project waits until the legacy client is gone: whose new things are, and that the
-- guard is asked.

-- include: ../migrations/20261126000050_default_privileges.sql
-- include: ../migrations/20261126001400_ask_the_guard.sql
