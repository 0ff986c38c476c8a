"""What can go wrong with migrations; `str(error)` is a sentence for a person."""


class MigrationError(Exception):
    """A migration could not be applied, or must not be."""


class UsageError(Exception):
    """The command was called wrongly: nothing was tried."""
