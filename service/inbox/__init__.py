"""The operators' desk: its API under `/api/v1/inbox`, a folder a subject, and the pages of inquiries.

Does not belong here: what a customer sees. Who is an operator stands in the database, which looks at it in the same
statement that reads or writes for them.
"""
