-- A turn's functions, as the main line makes them.

-- include: ../migrations/20261126001000_turn_functions.sql
-- include: ../migrations/20261126001050_reply_function.sql
