"""How much is answered for how many wrong answers, as one SVG picture, drawn without any library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from scripts.eval.figures import WRONG_AT_MOST, Figures, Step

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 420, 74, 30, 70, 60
# Where the axes end.
MOST_WRONG, MOST_ANSWERED = 0.10, 0.80
_STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#222}.quiet{fill:#666;font-size:12px}rect.back{fill:#fff}"
    ".grid{stroke:#e4e7ec}.bound{stroke:#c2410c;stroke-dasharray:5 4}path{fill:none;stroke-width:2.5}"
    ".a{stroke:#8fb2f2}.b{stroke:#b9c2d0}.ab{stroke:#2f6fde}circle{fill:#2f6fde;stroke:#fff;stroke-width:2}"
    "@media(prefers-color-scheme:dark){text{fill:#eee}.quiet{fill:#aaa}rect.back{fill:#16181d}.grid{stroke:#30343c}"
    ".bound{stroke:#fb923c}.b{stroke:#4d5666}circle{stroke:#16181d}}"
)
_NAMES = {"a": "half a (thresholds were chosen here)", "b": "half b", "ab": "all questions"}


def course_svg(courses: Mapping[str, Sequence[Step]], shipped: Figures) -> str:
    """The course of each half and of all: more answers to the top, wrong ones to the right. A dot is what ships."""
    x, y = _x(shipped.wrong_of_asked), _y(shipped.answered)
    lines = [f'<path class="{name}" d="{_path(steps)}"/>' for name, steps in courses.items()]
    legend = [
        f'<path class="{name}" d="M{WIDTH - 330},{HEIGHT - 150 + 24 * number}h28"/>'
        f'<text x="{WIDTH - 292}" y="{HEIGHT - 145 + 24 * number}">{escape(_NAMES[name])}</text>'
        for number, name in enumerate(courses)
    ]
    bound = f"{_x(WRONG_AT_MOST):.0f}"
    title = "What is answered, and what it costs in wrong answers"
    axes = "up: answered rightly, of what the knowledge holds · right: answered wrongly, of all asked · by words alone"
    told = f"shipped: {shipped.answered:.0%}, wrong {shipped.wrong_of_asked:.1%}"
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t">',
        f'<title id="t">{title}</title><style>{_STYLE}</style>',
        f'<rect class="back" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text x="20" y="28" font-weight="600">{title}</text>',
        f'<text class="quiet" x="20" y="48">{axes}</text>',
        *_grid(),
        f'<line class="bound" x1="{bound}" x2="{bound}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>',
        f'<text class="quiet" x="{_x(WRONG_AT_MOST) + 6:.0f}" y="{TOP + 14}">at most 2 %</text>',
        *lines,
        *legend,
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6"/>',
        f'<text x="{x + 12:.0f}" y="{y + 22:.0f}">{told}</text>',
        "</svg>",
        "",
    ])  # fmt: skip


def _grid() -> list[str]:
    down = [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(step / 10):.0f}" y2="{_y(step / 10):.0f}"/>'
        f'<text class="quiet" x="{LEFT - 8}" y="{_y(step / 10) + 4:.0f}" text-anchor="end">{step * 10} %</text>'
        for step in range(0, int(MOST_ANSWERED * 10) + 1, 2)
    ]
    across = [
        f'<text class="quiet" x="{_x(step / 100):.0f}" y="{HEIGHT - BOTTOM + 22}" text-anchor="middle">{step} %</text>'
        for step in range(0, int(MOST_WRONG * 100) + 1, 2)
    ]
    return down + across


def _path(steps: Sequence[Step]) -> str:
    """From nothing on, step by step, as far as the picture goes."""
    points = [(0.0, 0.0), *((step.wrong, step.answered) for step in steps if step.wrong <= MOST_WRONG)]
    return "M" + "L".join(f"{_x(wrong):.1f},{_y(answered):.1f}" for wrong, answered in points)


def _x(wrong: float) -> float:
    return LEFT + wrong / MOST_WRONG * (WIDTH - LEFT - RIGHT)


def _y(answered: float) -> float:
    return HEIGHT - BOTTOM - answered / MOST_ANSWERED * (HEIGHT - TOP - BOTTOM)
