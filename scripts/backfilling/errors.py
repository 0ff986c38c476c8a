"""What can go wrong with the backfill; `str(error)` is a sentence for a person. Wrong use is UsageError."""


class BackfillError(Exception):
    """It could not go on. What was committed stays, and the same command goes on from there."""
