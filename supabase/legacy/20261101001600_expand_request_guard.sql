-- What is asked before a request, as the main line makes it. Nobody asks it yet: the legacy client is held to nothing new.

-- include: ../migrations/20261126001300_request_guard.sql
