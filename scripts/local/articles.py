"""The articles about the demo shop, for the local stack: taken over at every start, as any import is.

Who edits or deletes one keeps it so. Never told to another project.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from scripts.local.errors import StackError
from scripts.local.paths import ROOT
from scripts.local.stack import LocalStack
from service.core.errors import MunuiError
from service.knowledge.articles.imports.shipped import take_over_shipped
from service.settings import load_settings
from service.supabase.clients import Upstream


def seed(stack: LocalStack) -> None:
    """Take over what is shipped. Raises StackError where the local stack refuses."""
    upstream = Upstream.from_settings(
        load_settings(
            ROOT,
            supabase_url=stack.supabase_url,
            supabase_publishable_key=stack.publishable_key,
            supabase_secret_key=stack.secret_key,
            jwt_issuer=None,
        )
    )
    try:
        take_over_shipped(upstream)
    except MunuiError as error:
        raise StackError(f"The articles about the demo shop could not be taken over: {error.code}.") from None
    finally:
        upstream.close()


@contextmanager
def seeded_meanwhile(stack: LocalStack) -> Iterator[None]:
    """Take over what is shipped while a block does something else. Raises StackError where it cannot be."""
    with ThreadPoolExecutor(1) as pool:
        seeding = pool.submit(seed, stack)
        yield
        seeding.result()
