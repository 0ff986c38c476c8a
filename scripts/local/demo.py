"""The demo people of the local stack: a member, and two operators, to sign in as at once. Never made anywhere else."""

from dataclasses import dataclass, field
from itertools import count

import httpx

from scripts.local.errors import StackError
from scripts.local.stack import LocalStack

_PAGE = 200
MEMBER = "demo@example.com"
# Role and name, by address.
OPERATORS = {"agent@example.com": ("agent", "김상담"), "admin@example.com": ("admin", "박관리")}


@dataclass(frozen=True)
class Demo:
    """Who can sign in, all with one password."""

    password: str = field(repr=False)
    member: str = MEMBER
    operators: tuple[str, ...] = tuple(OPERATORS)


def seed(stack: LocalStack) -> Demo:
    """Make the demo people where they are missing. What they are in the team meanwhile stays.

    Raises StackError where the local stack refuses.
    """
    with httpx.Client(base_url=stack.supabase_url, timeout=60, trust_env=False) as client:
        _sign_up(client, stack, MEMBER)
        for email, (role, name) in OPERATORS.items():
            _grant(client, stack, _sign_up(client, stack, email), role, name)
    return Demo(stack.keys.demo_password)


def _sign_up(client: httpx.Client, stack: LocalStack, email: str) -> str:
    """Make an account where it is missing; its id."""
    credentials = {"email": email, "password": stack.keys.demo_password}
    key = {"apikey": stack.publishable_key}
    made = client.post("/auth/v1/signup", headers=key, json=credentials)
    if made.status_code != 200 and "already" not in made.text:
        raise _refused(made)
    # What a sign-up answers names nobody where addresses are to be confirmed.
    for page in count(1):
        listed = client.get("/auth/v1/admin/users", headers=_service(stack), params={"page": page, "per_page": _PAGE})
        users = listed.json()["users"] if listed.status_code == 200 else []
        for user in users:
            if user["email"] == email:
                return str(user["id"])
        if len(users) < _PAGE:
            raise _refused(listed)
    raise AssertionError("unreachable")


def _grant(client: httpx.Client, stack: LocalStack, user_id: str, role: str, name: str) -> None:
    known = client.get(
        "/rest/v1/chat_operators", headers=_service(stack), params={"user_id": f"eq.{user_id}", "select": "id"}
    )
    if known.status_code == 200 and known.json():
        return
    operator = {"p_user_id": user_id, "p_role": role, "p_name": name}
    granted = client.post("/rest/v1/rpc/operator_grant", headers=_service(stack), json=operator)
    if granted.status_code >= 400:
        raise _refused(granted)


def _service(stack: LocalStack) -> dict[str, str]:
    return {"apikey": stack.secret_key, "Authorization": f"Bearer {stack.secret_key}"}


def _refused(answer: httpx.Response) -> StackError:
    return StackError(f"The demo people could not be made: {answer.url.path} answered {answer.status_code}.")
