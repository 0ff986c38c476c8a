-- Inquiries, as the main line makes them.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

-- include: ../migrations/20261126000600_inquiries.sql
