-- Flows, as the main line makes them.

-- include: ../migrations/20261126000200_flows.sql
