-- The functions for guests and operators, as the main line makes them.

-- include: ../migrations/20261126001200_guest_functions.sql
-- include: ../migrations/20261126001250_operator_functions.sql
