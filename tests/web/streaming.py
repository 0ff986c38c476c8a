"""The app with an event stream beside it, as a later one would be mounted: `tests.web.streaming:create()`."""

from service.line import LINES
from service.server import Server, create_server
from service.wsgi import Receive, Scope, Send


async def events(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Say hello, and goodbye when the server stops."""
    head = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": b"data: hello\n\n", "more_body": True})
    await LINES.stopping.wait()
    await send({"type": "http.response.body", "body": b"data: goodbye\n\n"})


def create() -> Server:
    """Everything that is served, and `/events`."""
    return create_server({"/events": events})
