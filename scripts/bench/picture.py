"""A result as one SVG picture: a bar a way, drawn without any library."""

from __future__ import annotations

from html import escape
from typing import Any

WIDTH, BAR, GAP, LEFT, TOP, RIGHT = 860, 24, 14, 330, 64, 190
_STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#222}.quiet{fill:#666;font-size:12px}"
    ".own{fill:#2f6fde}.peer{fill:#b9c2d0}"
    ".tip{stroke:#222;stroke-width:1.5}rect.back{fill:#fff}"
    "@media(prefers-color-scheme:dark){text{fill:#eee}.quiet{fill:#aaa}rect.back{fill:#16181d}.tip{stroke:#eee}"
    ".peer{fill:#4d5666}}"
)


def turn_svg(result: dict[str, Any]) -> str:
    """The ways of a chip turn, quickest first: a bar to the median, a line to the p95."""
    ways = sorted(result["turn"]["ways"].items(), key=lambda item: item[1]["median_ms"])
    # The slowest would leave the others no room: what is longer than four times the service's p95 is cut.
    most = min(
        max(way["p95_ms"] for _, way in ways),
        4 * result["turn"]["ways"]["service"]["p95_ms"],
    )
    height = TOP + len(ways) * (BAR + GAP) + 40
    rows = [_row(number, name, way, most) for number, (name, way) in enumerate(ways)]
    machine = result["machine"]
    foot = f"{machine['cpu']}, {machine['cores']} cores, Python {machine['python']}, PostgreSQL {machine['postgres']}"
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="t">',
        f'<title id="t">A chip turn: median and p95 in milliseconds</title><style>{_STYLE}</style>',
        f'<rect class="back" width="{WIDTH}" height="{height}"/>',
        '<text x="20" y="28" font-weight="600">A chip turn, milliseconds</text>',
        '<text class="quiet" x="20" y="48">bar: median · line: p95 · ×: the service is this many times as long</text>',
        *rows,
        f'<text class="quiet" x="20" y="{height - 14}">{escape(foot)}</text>',
        "</svg>",
        "",
    ])  # fmt: skip


def _row(number: int, name: str, way: dict[str, Any], most: float) -> str:
    y = TOP + number * (BAR + GAP)
    room = WIDTH - LEFT - RIGHT
    bar, tip = (min(1.0, way[figure] / most) * room for figure in ("median_ms", "p95_ms"))
    middle = y + BAR / 2
    told = f"{way['median_ms']:.1f} · ×{way['service_is_times']['median']:.2f}"
    kind = "own" if name == "service" else "peer"
    return (
        f'<text x="{LEFT - 12}" y="{middle + 5:.0f}" text-anchor="end">{escape(way["label"])}</text>'
        f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{bar:.1f}" height="{BAR}" rx="3"/>'
        f'<line class="tip" x1="{LEFT + bar:.1f}" x2="{LEFT + tip:.1f}" y1="{middle}" y2="{middle}"/>'
        f'<text x="{LEFT + tip + 10:.1f}" y="{middle + 5:.0f}">{told}</text>'
    )
