"""What a page has loaded of the chat, for a visitor whose browser takes gzip and not brotli, which needs less."""

from __future__ import annotations

import httpx
from playwright.sync_api import Page

# Of everything together, promised.
MOST_BYTES = 35 * 1024
_FILES = """() => performance.getEntriesByType("resource").map(({ name }) => name)
  .filter(name => /^\\/(embed\\.js|assets\\/.*)$/.test(new URL(name).pathname))"""


def gzipped(page: Page) -> int:
    """Bytes of all scripts and sheets of the service that came to the page until now, packed."""
    with httpx.Client(headers={"Accept-Encoding": "gzip"}, trust_env=False) as client:
        return sum(_length(client, address) for address in page.evaluate(_FILES))


def _length(client: httpx.Client, address: str) -> int:
    with client.stream("GET", address) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        return sum(len(part) for part in answer.iter_raw())
