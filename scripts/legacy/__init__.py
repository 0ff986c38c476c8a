"""Looking at a live legacy database before anything is changed: what can be carried, what stops, what cures it.

`scripts/migrate.py --legacy --check` is the command, and expand and contract begin with it. Reads only.

Each module looks at one kind of object of the catalogue and compares it with the baseline; what is known to be harmless
is data (`known.py`), each entry with its test. What nobody has thought of stops.
"""
