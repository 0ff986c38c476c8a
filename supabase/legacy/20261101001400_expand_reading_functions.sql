-- A reader's functions, as the main line makes them.

-- include: ../migrations/20261126001100_reading_functions.sql
