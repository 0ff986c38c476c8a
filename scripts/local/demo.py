"""The demo member of the local stack: somebody to sign in as at once. Never made anywhere else."""

import httpx

from scripts.local.errors import StackError
from scripts.local.stack import LocalStack

EMAIL = "demo@example.com"


def seed(stack: LocalStack) -> tuple[str, str]:
    """Make the demo member where it is missing; return its address and password.

    Raises StackError where the auth server refuses.
    """
    credentials = {"email": EMAIL, "password": stack.keys.demo_password}
    with httpx.Client(
        base_url=f"{stack.supabase_url}/auth/v1",
        headers={"apikey": stack.publishable_key},
        timeout=15,
        trust_env=False,
    ) as auth:
        made = auth.post("/signup", json=credentials)
        if made.status_code != 200 and "already" not in made.text:
            raise StackError(f"The demo member could not be made: the auth server answered {made.status_code}.")
    return EMAIL, stack.keys.demo_password
