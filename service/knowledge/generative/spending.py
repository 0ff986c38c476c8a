"""What an answer may cost and does: set aside before a model is asked, settled after.

Belongs here: prices, limits and the most that an answer can cost. Does not belong here: what was spent so far (the
database counts, under a lock).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from uuid import UUID

from service.knowledge.generative import actions
from service.knowledge.generative.endpoint import MOST_TOKENS
from service.knowledge.generative.material import Material
from service.knowledge.generative.prompt import LONGEST_PASSAGES, LONGEST_SAID, MOST_SAID
from service.knowledge.generative.thinking import most_tokens
from service.knowledge.instructions import Instructions
from service.settings import Settings
from service.supabase.clients import Upstream

MICROS = 1_000_000
# The task and the marks, in tokens, and what of a first answer is repeated for its repair.
_AROUND = 2_000
_REPEATED = 4_000


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost; so one token costs as many millionths."""

    tokens_in: float
    tokens_out: float

    @classmethod
    def from_settings(cls, settings: Settings) -> Prices:
        """Those of the model."""
        return cls(settings.ai_price_in, settings.ai_price_out)

    def micros(self, tokens_in: int, tokens_out: int) -> int:
        """What these tokens cost, in millionths, rounded up."""
        return math.ceil(self.tokens_in * tokens_in + self.tokens_out * tokens_out)


def most_micros(prices: Prices, material: Material) -> int:
    """The most that an answer and its repair can cost."""
    wanted = material.instructions
    told = "".join((wanted.tone, wanted.policy, wanted.rules, wanted.handover.when, *wanted.forbidden_topics))
    written = "".join(one.text for one in material.passages)[:LONGEST_PASSAGES]
    said = "".join(one.text[:LONGEST_SAID] for one in material.history[-MOST_SAID:])
    tokens_in = most_tokens(told + written + said + material.question) + _AROUND
    return prices.micros(2 * tokens_in + _REPEATED, 2 * MOST_TOKENS)


def limits(settings: Settings, wanted: Instructions) -> tuple[int, int]:
    """What a member may cost a day and all a month, in millionths: the smaller of what admins and settings say."""
    return (
        _smaller(wanted.budgets.member_day, settings.ai_budget_member_day),
        _smaller(wanted.budgets.project_month, settings.ai_budget_project_month),
    )


def reserve(
    upstream: Upstream, settings: Settings, material: Material, attempt_id: UUID, user_id: UUID | None
) -> str | None:
    """Set aside the most that an answer can cost; None where that went well, else whose budget is used up.

    Raises UpstreamUnavailable, Internal.
    """
    micros = most_micros(Prices.from_settings(settings), material)
    return actions.reserve(upstream, attempt_id, user_id, micros, *limits(settings, material.instructions))


def _smaller(micros: int, most: float | None) -> int:
    return micros if most is None else min(micros, round(most * MICROS))
