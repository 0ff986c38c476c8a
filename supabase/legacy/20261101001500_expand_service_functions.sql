-- The functions for guests and operators, as the main line makes them.

-- include: ../migrations/20261126001200_service_functions.sql
