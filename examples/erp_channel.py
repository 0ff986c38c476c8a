"""A system of your own, such as an ERP, that talks with its customers through Munui: docs/channel.md tells the story.

    python -m examples.erp_channel setup    # as an admin, once: makes a webhook and a channel, prints what to keep
    python -m examples.erp_channel serve    # takes answers of the team, brings them to the customer, tells how it went
    python -m examples.erp_channel send c-1001 "주문한 물건이 안 왔어요"

It reads APP_URL, MUNUI_CHANNEL_KEY and WEBHOOK_SECRET from the environment; `setup` also SUPABASE_URL,
SUPABASE_PUBLISHABLE_KEY, ADMIN_EMAIL and ADMIN_PASSWORD. `make run` writes the first three of Supabase and the app into
.local/env: `set -a; . .local/env; set +a`.
"""

import os
import sys
import uuid
from typing import Any

import httpx
from flask import Flask

from examples.webhook_receiver import create_app as receiver

PORT = int(os.environ.get("ERP_PORT", "9000"))


class Munui:
    """The API of a channel. Whatever breaks off can be sent again: the ids make it happen once."""

    def __init__(self, url: str, key: str) -> None:
        # Two more tries where no connection comes about.
        transport = httpx.HTTPTransport(retries=2)
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=f"{url}/api/v1/channel", headers=headers, transport=transport, timeout=15)

    def receive(self, contact: dict[str, Any], message_id: str, content: str, **more: Any) -> dict[str, Any]:
        """Bring in what a customer wrote; `message_id` is the ERP's own id of it."""
        body = {"contact": contact, "externalMessageId": message_id, "content": content, **more}
        return self._answer(self._http.post("/messages", json=body))

    def tell(self, message_id: str, status: str, error: str | None = None) -> dict[str, Any]:
        """Tell how far an answer of the team got: delivered, read or failed."""
        body = {"status": status} | ({"error": error} if error else {})
        return self._answer(self._http.patch(f"/messages/{message_id}/status", json=body))

    @staticmethod
    def _answer(answer: httpx.Response) -> dict[str, Any]:
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body


def create_app(munui: Munui, secret: str) -> Flask:
    """The ERP's side: answers of the team come in, each once, and are brought to the customer."""

    def handle(event: dict[str, Any]) -> None:
        said = event["data"].get("message")
        if said is None:
            # A webhook may listen to more than its channel.
            return
        customer = event["data"]["channel"]["contact"]["externalId"]
        try:
            deliver(customer, said["content"])
        except OSError as error:
            munui.tell(said["id"], "failed", str(error))
        else:
            # `read` follows when the customer has opened it, if the ERP knows.
            munui.tell(said["id"], "delivered")

    return receiver(secret, handle)


def deliver(customer: str, text: str) -> None:
    """Bring a text to a customer. Yours sends a mail, a text message, a push. Raises OSError where it cannot."""
    print(f"to {customer}: {text}", flush=True)


def set_up(url: str, receiver_url: str) -> str:
    """Make a webhook and a channel as an admin; what to keep, as lines for the environment."""
    signed_in = httpx.post(
        f"{os.environ['SUPABASE_URL']}/auth/v1/token?grant_type=password",
        headers={"apikey": os.environ["SUPABASE_PUBLISHABLE_KEY"]},
        json={"email": os.environ["ADMIN_EMAIL"], "password": os.environ["ADMIN_PASSWORD"]},
    )
    signed_in.raise_for_status()
    headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    with httpx.Client(base_url=f"{url}/api/v1/inbox", headers=headers) as admin:
        webhook = admin.post("/webhooks", json={"url": receiver_url, "types": []}).raise_for_status().json()
        wanted = {"name": "ERP", "singleThread": True, "webhookId": webhook["id"]}
        channel = admin.post("/channels", json=wanted).raise_for_status().json()
    return f"MUNUI_CHANNEL_KEY={channel['key']}\nWEBHOOK_SECRET={webhook['secret']}"


def main(arguments: list[str]) -> None:
    """Do what the first argument says."""
    url = os.environ["APP_URL"]
    match arguments:
        case ["setup"]:
            print(set_up(url, f"http://127.0.0.1:{PORT}/"))
        case ["serve"]:
            munui = Munui(url, os.environ["MUNUI_CHANNEL_KEY"])
            create_app(munui, os.environ["WEBHOOK_SECRET"]).run(port=PORT)
        case ["send", customer, text]:
            contact = {"externalId": customer, "name": f"고객 {customer}"}
            # Yours has an id in its own table, and sends the same one again where it got no answer.
            print(Munui(url, os.environ["MUNUI_CHANNEL_KEY"]).receive(contact, str(uuid.uuid4()), text))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
