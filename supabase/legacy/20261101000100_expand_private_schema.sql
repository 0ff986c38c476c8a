-- A schema that no API exposes, as the main line makes it.

-- include: ../migrations/20261126000000_private_schema.sql
