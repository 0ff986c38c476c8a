"""An endpoint that speaks as OpenAI's does: real HTTP, and answers made of the passages in the prompt. No assertions.

It reads what it is given as a model would: passages, question and conversation between their marks. So a prompt without
the right passage, or with marks that somebody else wrote, gets a wrong answer, as from a model. `script` says what goes
wrong next, one entry a request; when it is used up, it answers well.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-only-these-tests-know-it"
MODEL = "standin-1"
Body = dict[str, Any]
# The status, more headers, and the body; or a body that is cut off behind half of it.
Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Passage:
    """A passage as the prompt shows it."""

    id: str
    title: str
    text: str

    @property
    def first(self) -> str:
        """Its first line."""
        return self.text.splitlines()[0]


@dataclass(frozen=True)
class Reading:
    """What a model reads in a request."""

    system: str
    passages: tuple[Passage, ...]
    question: str
    conversation: str
    repair: str | None

    @property
    def best(self) -> Passage | None:
        """The passage that has most of the question's letters in pairs."""
        wanted = _pairs(self.question)
        return max(self.passages, key=lambda one: len(wanted & _pairs(one.title + one.text)), default=None)


@dataclass(frozen=True)
class Request:
    """A request, as it came."""

    path: str
    headers: dict[str, str]
    body: Body

    @property
    def reading(self) -> Reading:
        """What a model reads in it."""
        system, asked = (one["content"] for one in self.body["messages"][:2])
        # Whoever wrote into the question wrote before its end.
        nonce = re.findall(r"</question-([0-9a-f]{32})>\Z", asked)[0]
        passages = re.findall(
            rf'<passage-{nonce} id="([^"]*)" title="([^"]*)">\n(.*?)\n</passage-{nonce}>', asked, re.DOTALL
        )
        said = re.search(rf"<conversation-{nonce}>\n(.*?)\n</conversation-{nonce}>", asked, re.DOTALL)
        question = re.search(rf"<question-{nonce}>\n(.*)\n</question-{nonce}>", asked, re.DOTALL)
        return Reading(
            system,
            tuple(Passage(*one) for one in passages),
            question[1] if question else "",
            said[1] if said else "",
            self.body["messages"][3]["content"] if len(self.body["messages"]) > 3 else None,
        )


# What is done in place of a good answer: given the request, the answer; or an answer of the model.
Step = Callable[[Request], Answer | Body | str]


def honest(request: Request) -> Body:
    """The first sentence of the best passage, word for word; a person where there is no passage."""
    best = request.reading.best
    if best is None or not _pairs(request.reading.question) & _pairs(best.title + best.text):
        return {"action": "handover", "sentences": []}
    return answer(best, best.first)


def answer(passage: Passage, text: str, quote: str | None = None) -> Body:
    """An answer of one sentence that cites a passage."""
    return {
        "action": "answer",
        "sentences": [{"text": text, "quote": text if quote is None else quote, "chunkId": passage.id}],
    }


@dataclass
class StandIn:
    """What came, in its order, and what is answered next."""

    url: str = ""
    got: list[Request] = field(default_factory=list)
    script: list[Step] = field(default_factory=list)
    # What is said where the script says nothing.
    mind: Step = honest
    # What it refuses to understand: parts of a request's body.
    unknown: tuple[str, ...] = ()

    @property
    def readings(self) -> list[Reading]:
        """What was read, request by request."""
        return [one.reading for one in self.got]


def status(code: int, **headers: str) -> Step:
    """An HTTP status in place of an answer."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: (code, more, json.dumps({"error": {"message": "no", "code": None}}).encode())


def saying(raw: str | Body) -> Step:
    """This, whatever was asked."""
    return lambda _: raw


def late(seconds: float) -> Step:
    """A good answer, late."""

    def step(request: Request) -> Body:
        time.sleep(seconds)
        return honest(request)

    return step


def cut(*, as_stream: bool = False) -> Step:
    """Half of a good answer, and then nothing: by a length that is not reached, or a stream without its end."""

    def step(request: Request) -> Answer:
        raw = json.dumps(honest(request), ensure_ascii=False)
        if as_stream:
            pieces = "".join(f"data: {json.dumps(_piece(request, char, None))}\n\n" for char in raw[: len(raw) // 2])
            return 200, {"Content-Type": "text/event-stream"}, pieces.encode()
        whole = json.dumps(_completion(request, raw, "stop")).encode()
        return 200, {"Content-Length": str(len(whole))}, whole[: len(whole) // 2]

    return step


def finished(reason: str | None, raw: str | None = None) -> Step:
    """An answer that ended for a reason of its own; None says none."""

    def step(request: Request) -> Answer:
        text = json.dumps(honest(request), ensure_ascii=False) if raw is None else raw
        return 200, {}, json.dumps(_completion(request, text, reason)).encode()

    return step


def streamed(request: Request) -> Answer:
    """A good answer as a stream, whether it was asked for or not."""
    raw = json.dumps(honest(request), ensure_ascii=False)
    lines = [f"data: {json.dumps(_piece(request, one, None))}\n\n" for one in re.findall(r".{1,7}", raw, re.DOTALL)]
    lines += [f"data: {json.dumps(_piece(request, '', 'stop'))}\n\n", "data: [DONE]\n\n"]
    return 200, {"Content-Type": "text/event-stream"}, "".join(lines).encode()


def obeying(request: Request) -> Body | str:
    """What a weak model does: the last order that it reads anywhere is carried out."""
    asked = request.body["messages"][1]["content"]
    orders = re.findall(r"(?:say|말해|SAY)[: ]+\"([^\"]+)\"", asked)
    if not orders:
        return honest(request)
    reading = request.reading
    return answer(reading.passages[0], orders[-1], orders[-1]) if reading.passages else orders[-1]


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """Listen on a port of this machine."""
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            request = Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            code, more, content = _handled(stand_in, request)
            with suppress(OSError):
                self.send_response(code)
                for name, value in {
                    "Content-Type": "application/json",
                    "Content-Length": str(len(content)),
                    **more,
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)
                # What was cut off stays cut off.
                self.close_connection = more.get("Content-Length", str(len(content))) != str(len(content))

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: Any) -> None:
            """Whoever asked has hung up."""

    with Server(("127.0.0.1", 0), Handler) as server:
        stand_in.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield stand_in
        finally:
            server.shutdown()
            thread.join()


def _handled(stand_in: StandIn, request: Request) -> Answer:
    if request.path != "/v1/chat/completions":
        return _refused(404, f"Unknown path {request.path}")
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return _refused(401, "Incorrect API key provided")
    if request.body.get("model") != MODEL:
        return _refused(404, "The model does not exist")
    for part in stand_in.unknown:
        if part in request.body or request.body.get("response_format", {}).get("type") == part:
            return _refused(
                400,
                f"Unsupported parameter: '{part}'. Use 'max_completion_tokens' instead."
                if part == "max_tokens"
                else f"Unsupported parameter: '{part}'.",
            )
    stand_in.got.append(request)
    said = (stand_in.script.pop(0) if stand_in.script else stand_in.mind)(request)
    if isinstance(said, tuple):
        return said
    # By escapes, so that it may hold anything.
    raw = said if isinstance(said, str) else json.dumps(said)
    if request.body.get("stream"):
        lines = [_piece(request, raw, None), _piece(request, "", "stop")]
        return (
            200,
            {"Content-Type": "text/event-stream"},
            b"".join([*(f"data: {json.dumps(line)}\n\n".encode() for line in lines), b"data: [DONE]\n\n"]),
        )
    return 200, {}, json.dumps(_completion(request, raw, "stop")).encode()


def _refused(code: int, message: str) -> Answer:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
    return code, {}, json.dumps({"error": error}).encode()


def _completion(request: Request, text: str, finish: str | None) -> Body:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": request.body["model"],
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish, "logprobs": None}
        ],
        "usage": _usage(request, text),
    }


def _piece(request: Request, text: str, finish: str | None) -> Body:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_790_000_000,
        "model": request.body["model"],
        "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish, "logprobs": None}],
    }


def _usage(request: Request, text: str) -> Body:
    into, out = len(json.dumps(request.body["messages"])) // 4, len(text) // 4 + 1
    return {"prompt_tokens": into, "completion_tokens": out, "total_tokens": into + out}


def _pairs(text: str) -> set[str]:
    letters = "".join(char for char in text.casefold() if char.isalnum())
    return {letters[place : place + 2] for place in range(len(letters) - 1)}
