"""Who may do what to which row: the rights as a table, a small world of rows to try them on, and the trying.

Every cell is relation x command x persona x row. Its outcome is one word: `ok` (exactly one row), `none` (no row, and
no error), or the SQLSTATE of the refusal. No assertions.
"""
