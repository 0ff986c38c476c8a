"""A local Supabase without Docker: Postgres from a wheel, the REST and auth gateway in Node.

`stack.LocalStack` is the way in; `make run` and the tests both use it. Nothing in here knows the service.
"""

from scripts.local.errors import StackError
from scripts.local.stack import LocalStack

__all__ = ["LocalStack", "StackError"]
