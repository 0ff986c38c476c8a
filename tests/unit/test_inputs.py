"""Property tests get the same inputs whatever else is loaded."""

from hypothesis.internal.conjecture import providers

import service.app


def test_no_constant_of_our_modules_is_mixed_into_the_inputs() -> None:
    assert service.app.OPERATIONS
    assert len(providers._get_local_constants()) == 0
