"""Who is told what: hints of every change to those whom it concerns, and of nothing to anybody else."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from scripts.local import LocalStack
from tests.concurrency import until
from tests.live.conftest import Customer, Operator
from tests.live.listening import Stream
from tests.stack import connect, rest
from tests.web.chat import new_id
from tests.web.proxy import Proxy


def about(stream: Stream, customer: Customer, name: str = "changed") -> list[dict[str, object]]:
    """What a stream was told of a customer's conversation."""
    return [event.data for event in stream.named(name) if event.data["conversationId"] == customer.chat.id]


def test_a_turn_is_hinted_to_its_member_and_to_operators_alone(
    new_customer: Callable[[], Customer], operator: Operator
) -> None:
    customer, other = new_customer(), new_customer()
    with customer.listen() as theirs, other.listen() as others, operator.listen() as team:
        assert theirs.headers["Content-Type"] == "text/event-stream"
        assert theirs.retry >= 1000
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT[\d:.]+Z", theirs.named("hello")[0].data["at"])
        assert customer.chat.click("shipping").status == 201
        rev = customer.rev
        told = theirs.wait_for("changed", rev=rev)
        assert told.data == {"conversationId": customer.chat.id, "rev": rev}
        team.wait_for("changed", conversationId=customer.chat.id)
        # What comes later shows that what came before was not for them.
        assert other.chat.click("shipping").status == 201
        others.wait_for("changed", conversationId=other.chat.id)
        assert {event.data["conversationId"] for event in others.named("changed")} == {other.chat.id}
        assert not about(theirs, other)


def test_a_write_past_the_service_is_hinted_as_well(customer: Customer, operator: Operator) -> None:
    with customer.listen() as theirs, operator.listen() as team:
        customer.write_past_the_service()
        theirs.wait_for("changed", conversationId=customer.chat.id, rev=customer.rev)
        team.wait_for("changed", conversationId=customer.chat.id)


def test_what_operators_note_is_hinted_to_no_customer(customer: Customer, operator: Operator) -> None:
    with customer.listen() as theirs, operator.listen() as team:
        before = customer.rev
        operator.call("inbox_add_note", p_id=customer.chat.id, p_client_note_id=new_id(), p_content="까다로운 손님")
        team.wait_for("changed", conversationId=customer.chat.id)
        operator.call("inbox_type", p_conversation_id=customer.chat.id, p_is_typing=True)
        team.wait_for("typing", conversationId=customer.chat.id, operatorId=operator.id, isTyping=True)
        operator.call("inbox_claim", p_id=customer.chat.id)
        theirs.wait_for("changed", conversationId=customer.chat.id)
        # The first that they hear of is the claim: who types before it is nobody to them.
        assert [told["rev"] for told in about(theirs, customer)] == [before + 1]
        first_typing = next((e.at for e in theirs.named("typing")), theirs.named("changed")[0].at)
        assert first_typing >= theirs.named("changed")[0].at


def test_both_sides_see_each_other_type(customer: Customer, operator: Operator) -> None:
    place = customer.chat.id
    operator.call("inbox_claim", p_id=place)
    with customer.listen() as theirs, operator.listen() as team:
        operator.call("inbox_type", p_conversation_id=place, p_is_typing=True)
        theirs.wait_for("typing", conversationId=place, isTyping=True)
        operator.call("inbox_type", p_conversation_id=place, p_is_typing=False)
        theirs.wait_for("typing", conversationId=place, isTyping=False)
        with rest(customer.stack, secret=True) as service:
            them = {"p_user_id": customer.member.id, "p_conversation_id": place, "p_is_typing": True}
            service.post("/rpc/chat_type", json=them).raise_for_status()
        team.wait_for("typing", conversationId=place, operatorId=None, isTyping=True)
        # Nobody needs to be told that they type themselves.
        assert [told["isTyping"] for told in about(theirs, customer, "typing")] == [True, False]
        # Who comes later is told at once, and everybody that it is over, as it is by itself in seconds.
        last_typed(customer, "now() + interval '1 hour'")
        with operator.listen() as later:
            later.wait_for("typing", conversationId=place, operatorId=None, isTyping=True)
        last_typed(customer, "now() - interval '8 s'")
        team.wait_for("typing", conversationId=place, operatorId=None, isTyping=False)


def last_typed(customer: Customer, at: str) -> None:
    """Have the customer have typed at that moment."""
    with connect(customer.stack, autocommit=True) as root:
        root.execute(
            f"update public.chat_typing set typed_at = {at} where conversation_id = %s and operator_id is null",
            [customer.chat.id],
        )


def test_operators_see_who_looks_at_what(customer: Customer, operator: Operator) -> None:
    with operator.listen() as team:
        looking = {"operators": [{"id": operator.id, "name": "김상담"}]}
        operator.call("inbox_look", p_conversation_id=customer.chat.id)
        team.wait_for("presence", conversationId=customer.chat.id, **looking)
        with operator.listen() as later:
            later.wait_for("presence", conversationId=customer.chat.id, **looking)
        operator.call("inbox_look", p_conversation_id=None)
        team.wait_for("presence", conversationId=customer.chat.id, operators=[])


def test_a_transaction_that_stays_open_delays_only_itself(
    stack: LocalStack, new_customer: Callable[[], Customer], operator: Operator
) -> None:
    slow, quick = new_customer(), new_customer()
    with slow.listen() as delayed, quick.listen() as prompt, operator.listen() as team, connect(stack) as writer:
        writer.execute("update public.chat_conversations set rev = rev + 1 where id = %s", [slow.chat.id])
        for _ in range(3):
            quick.write_past_the_service()
            prompt.wait_for("changed", rev=quick.rev)
        assert not delayed.named("changed")
        writer.commit()
        delayed.wait_for("changed", conversationId=slow.chat.id, rev=slow.rev)
        team.wait_for("changed", conversationId=slow.chat.id)


def test_nobody_listening_asks_nothing_and_one_at_most_twice_a_second(
    customer: Customer, proxy: Proxy, number: Callable[[str], float], streams_open: Callable[[], float]
) -> None:
    def asked() -> float:
        return number("munui_live_questions_total")

    def arrived() -> int:
        return sum("live" in passed.what for passed in seen)

    before = asked()
    with proxy.watch() as seen:
        with customer.listen() as theirs:
            # By what the server counts: a question that is late on its way is soon followed by the next.
            begun, first = time.monotonic(), asked()
            for _ in range(4):
                customer.write_past_the_service()
                theirs.wait_for("changed", rev=customer.rev)
            last, seconds = asked(), time.monotonic() - begun
        # Of what is asked here, reading the numbers asks for the jobs.
        assert {passed.what for passed in seen} - {"rpc/jobs_count"} == {"rpc/live_feed"}
        # One more at either end, of each of two: what is new, and who is still there.
        assert 0 < last - first <= 2 * seconds + 2
        until(lambda: not streams_open() and arrived() >= asked() - before)
        already, known = arrived(), asked()
        for chip in ("shipping", "another", "returns"):
            assert customer.chat.click(chip).status == 201
        assert customer.chat.api.page(customer.chat.id).status == 200
        assert "rpc/chat_send" in {passed.what for passed in seen}
        assert (arrived(), asked()) == (already, known)
