"""The one error of the local stack: a sentence for the person who started it."""


class StackError(Exception):
    """Something is missing or failed; `str(error)` is one sentence that says what and what to do."""
