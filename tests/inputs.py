"""What property tests are given does not depend on what else is loaded. No assertions.

Hypothesis mixes constants that it finds in our modules into what it makes. So a word in a file, or another test that
imports one, would give each property test other inputs, also where these are to be the same each time (`derandomize`):
what fails then fails on some days, in some orders, and nobody finds it again.
"""

from __future__ import annotations

from hypothesis.internal.conjecture import providers


def of_the_tests_alone() -> None:
    """Find no constants from now on, in this process. Hypothesis has no setting for that."""
    providers._get_local_constants = lambda: providers._local_constants
