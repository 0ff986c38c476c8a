-- Schemas that no API exposes, as the main line makes them.

-- include: ../migrations/20261126000000_schemas.sql
