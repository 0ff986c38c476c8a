"""What axe finds on a page. No assertions.

Of all that axe can tell only what is wrong is worked out, and only that comes out of the page.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).with_name("node_modules") / "axe-core" / "axe.min.js"
# What looks at colours: all that a page in the dark needs that was looked at in the light.
COLOURS = ("color-contrast", "link-in-text-block")
ALL = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_FOUND = """async ([where, runOnly]) => {
  const found = await axe.run(where ?? document, { runOnly, resultTypes: ["violations"], preload: false });
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}"""


def faults(page: Page, where: object = None, rules: tuple[str, ...] = ALL) -> list[str]:
    """Return what is wrong, a line each; `where` and `rules` as axe takes them. The page has its script (AXE)."""
    found: list[str] = page.evaluate(_FOUND, [where, list(rules)])
    return found
