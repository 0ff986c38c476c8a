"""Programs for people and for checks: the local stack, migrations, the policy check.

What the running service needs at a request lives in `service`, never here.
"""

import sys
from importlib.util import find_spec

if find_spec("phonenumbers") is None:
    # Every one of them needs some package; a traceback would not tell a newcomer what to do about it.
    sys.exit(
        f"{sys.executable} has not the packages of this project: use `.venv/bin/python`, which `make install` makes."
    )
