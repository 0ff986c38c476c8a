"""A conversation of 5,000 messages is read like a short one: in parts, and in place."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from scripts.local import LocalStack
from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.people import Customer
from tests.browser.inbox.talk import Talk
from tests.stack import connect

# view/conversation/timeline.js: items in the page at most.
ROOM = 200
COUNT = 4900


@pytest.fixture
def customer(stack: LocalStack, new_customer: NewCustomer) -> Customer:
    """Somebody who wrote much."""
    made = new_customer("긴 상담")
    with connect(stack, autocommit=True) as db:
        db.execute(
            "insert into public.chat_messages (conversation_id, user_id, role, kind, content, client_message_id)"
            " select %s, %s, 'user', 'text', '질문 ' || n, gen_random_uuid() from generate_series(1, %s) n",
            [made.conversation, made.member.id, COUNT],
        )
    return made


def test_a_long_conversation_stays_where_it_is_read(new_screen: NewScreen, customer: Customer) -> None:
    talk = Talk(new_screen(), customer).open()
    log, page = talk.log, talk.page
    expect(log.get_by_text(f"질문 {COUNT}", exact=True)).to_be_in_viewport()
    # Up to the beginning, as fast as somebody can.
    seen = page.evaluate(
        """async () => {
          const log = document.querySelector(".log"), items = log.querySelector(".items");
          const told = { most: 0, jumps: 0, texts: new Set() };
          const conversation = document.querySelector("inbox-timeline").conversation;
          for (let step = 0; step < 30_000; step += 1) {
            const top = log.getBoundingClientRect().top;
            const shown = [...items.querySelectorAll(":scope > li:not(.day)")];
            const first = shown.find((one) => one.getBoundingClientRect().bottom > top);
            const at = first.getBoundingClientRect().bottom;
            log.scrollTop -= 1200;
            const moved = first.getBoundingClientRect().bottom - at;
            await new Promise(requestAnimationFrame);
            await new Promise(requestAnimationFrame);
            // What was read stays where the wheel left it, whatever came above; a name over it may go.
            if (first.isConnected && Math.abs(first.getBoundingClientRect().bottom - at - moved) > 2) told.jumps += 1;
            told.most = Math.max(told.most, items.children.length);
            for (const one of items.querySelectorAll(".said.customer .text")) told.texts.add(one.textContent);
            const isWhole = conversation.history.previousCursor === null && !log.querySelector(".older button");
            if (log.scrollTop < 1 && isWhole) break;
            if (log.scrollTop < 1) await new Promise((resolve) => setTimeout(resolve, 20));
          }
          return { most: told.most, jumps: told.jumps, count: told.texts.size };
        }"""
    )
    assert seen["most"] <= ROOM
    assert seen["jumps"] == 0
    assert seen["count"] == COUNT + 1
    # Something new is told, and takes nobody away from what they read.
    customer.say("새 질문")
    jump = page.get_by_role("button", name="새 메시지 1개")
    expect(jump).to_be_visible()
    assert log.evaluate("(log) => log.scrollTop") < 100
    jump.click()
    expect(log.get_by_text("새 질문", exact=True)).to_be_in_viewport()
