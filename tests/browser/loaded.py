"""What a page has loaded of the chat, for a visitor whose browser takes gzip and not brotli, which needs less."""

from __future__ import annotations

from collections.abc import Iterable

import httpx
from playwright.sync_api import Page

# Of everything that a conversation with the bot needs, promised.
MOST_BYTES = 35 * 1024
# Of what one with people needs besides.
MOST_FOR_PEOPLE = 8 * 1024
# Of what the help in the chat needs.
MOST_FOR_HELP = 6 * 1024
_FOR_PEOPLE = "/assets/people-"
_FOR_HELP = "/assets/help-"
_FILES = """() => performance.getEntriesByType("resource").map(({ name }) => name)
  .filter(name => /^\\/(embed\\.js|assets\\/.*)$/.test(new URL(name).pathname))"""


def gzipped(page: Page) -> int:
    """Bytes of the service's scripts and sheets that came to the page until now, packed, but those that come later."""
    later = (_FOR_PEOPLE, _FOR_HELP)
    return _together(address for address in page.evaluate(_FILES) if not any(one in address for one in later))


def gzipped_for_people(page: Page) -> int:
    """The same of those that a conversation with people needs besides: none until then."""
    return _together(address for address in page.evaluate(_FILES) if _FOR_PEOPLE in address)


def gzipped_for_help(page: Page) -> int:
    """The same of those that show articles in the chat: none until one is opened, or the list of conversations."""
    return _together(address for address in page.evaluate(_FILES) if _FOR_HELP in address)


def _together(addresses: Iterable[str]) -> int:
    with httpx.Client(headers={"Accept-Encoding": "gzip"}, trust_env=False) as client:
        return sum(_length(client, address) for address in addresses)


def _length(client: httpx.Client, address: str) -> int:
    with client.stream("GET", address) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        return sum(len(part) for part in answer.iter_raw())
