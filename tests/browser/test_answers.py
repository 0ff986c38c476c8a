"""Questions are answered from articles: with their source, by one call at most, whatever is cut or repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Route, expect

from scripts.local import LocalStack
from service.conversations import answering
from service.conversations.known_flows import KnownFlows
from service.dialogue.flows.loader import SHIPPED, load_flow
from service.dialogue.knowledge import Settled, Source
from service.knowledge.articles.chunks import chunks_of
from service.supabase.clients import Upstream
from tests.browser.conftest import NewVisitor
from tests.browser.host import Host
from tests.browser.loaded import MOST_BYTES, MOST_FOR_HELP, gzipped, gzipped_for_help
from tests.browser.test_people import AXE, WAYS, faults
from tests.browser.visitor import OKAY, Visitor
from tests.db.articles import QUESTION, TEXT, TITLE, UNKNOWN, an_article, chunk_of, told, write_article
from tests.stack import Member, connect
from tests.web.apps import stack_settings
from tests.web.server import gunicorn

PERSON = "상담원 연결"
TO_BOT = "상담봇과 계속하기"
TOPIC = "배송"
FALLBACK = "알맞은 답을 드릴 수 있게 문의 유형을 골라 주세요"
ANSWERS = "**/api/v1/answers"
FOR_HELP = "**/assets/help-*"
NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="module", autouse=True)
def article(stack: LocalStack) -> Iterator[dict[str, Any]]:
    """The one article that answers QUESTION."""
    with connect(stack, autocommit=True) as db, an_article(db) as made:
        yield made


@pytest.fixture(params=["guest", "member"])
def asker(request: pytest.FixtureRequest, new_visitor: NewVisitor, host: Host, member: Member) -> Visitor:
    """Somebody in front of the bot."""
    return new_visitor().begin(host.url, member if request.param == "member" else None)


def sources(visitor: Visitor) -> Locator:
    """Where answers are from."""
    return visitor.page.locator("munui-chat .source")


def page(visitor: Visitor) -> Locator:
    """The article that is read in the panel."""
    return visitor.page.get_by_role("article")


def last_paths(calls: list[str]) -> list[str]:
    """The calls, without who they are about."""
    return [call.rsplit("/", 1)[1] for call in calls]


def test_who_asks_gets_an_answer_with_its_source_or_a_person(asker: Visitor) -> None:
    """And a guest who wants one keeps what was answered: the conversation moves with it."""
    asker.took()
    asker.input.fill(QUESTION)
    asker.input.press("Enter")
    asker.input.press("Enter")
    expect(sources(asker)).to_have_text([TITLE])
    assert len(asker.took()) == 1
    assert asker.says()[-1].replace("\n", "") == TEXT.replace("\n", "")
    asker.took()
    asker.chip("도움이 됐어요").click()
    expect(asker.chip(OKAY)).to_be_visible()
    asker.write(UNKNOWN)
    expect(asker.chip(TOPIC)).to_be_visible()
    before = asker.says()
    assert last_paths(asker.took()) in (["answers"], ["turns", "turns"])
    assert 0 < gzipped(asker.page) <= MOST_BYTES
    asker.chip(PERSON).click()
    expect(asker.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    expect(sources(asker)).to_have_text([TITLE])
    assert asker.says()[: len(before)] == before


def test_an_article_is_read_in_the_panel_and_left_where_it_was_opened(asker: Visitor, article: dict[str, Any]) -> None:
    assert gzipped_for_help(asker.page) == 0
    asker.write(QUESTION)
    sources(asker).focus()
    address = sources(asker).get_attribute("href") or ""
    assert address.endswith(f"/help/{article['slug']}?lang=ko")
    asker.took()
    asker.page.keyboard.press("Enter")
    expect(page(asker).get_by_role("heading", name=TITLE)).to_be_focused()
    expect(page(asker).get_by_role("listitem")).to_have_text(["삶으면 깃이 빠져요.", "2주에 한 번이면 충분해요."])
    assert [call for call in asker.took() if not call.endswith("/read")] == [f"GET /api/v1/help/{article['slug']}"]
    assert page(asker).get_by_role("link").get_attribute("href") == address
    expect(asker.input).to_be_hidden()
    asker.panel.get_by_role("button", name="뒤로").click()
    expect(sources(asker)).to_be_focused()
    sources(asker).click()
    page(asker).get_by_role("button", name="이 내용으로 물어보기").click()
    expect(asker.input).to_be_focused()
    expect(asker.input).to_have_value(f"‘{TITLE}’에 대해 궁금해요: ")
    assert 0 < gzipped_for_help(asker.page) <= MOST_FOR_HELP


def test_what_is_a_table_in_the_article_is_one_in_the_answer(visitor: Visitor, host: Host, stack: LocalStack) -> None:
    body = "무지개솔의 값이에요.\n\n| 크기 | 값 |\n|---|---|\n| 작은 것 | 3,000원 |\n| 큰 것 | |\n\n- 솔 | 끈"
    (piece,) = chunks_of("무지개솔 값", body)
    columns = {"slug": "rainbow-brush", "title": "무지개솔 값", "text": piece.text}
    with connect(stack, autocommit=True) as db, an_article(db, **columns):
        visitor.begin(host.url).write("무지개솔 값")
        expect(visitor.page.locator("munui-chat .bubble").get_by_role("columnheader")).to_have_text(["크기", "값"])
        expect(visitor.page.locator("munui-chat .bubble").get_by_role("cell")).to_have_text(
            ["작은 것", "3,000원", "큰 것", ""]
        )
        expect(visitor.page.locator("munui-chat .item")).to_have_text(["- 솔 | 끈"])
    assert 0 < gzipped(visitor.page) <= MOST_BYTES


def test_who_signs_in_takes_the_answer_along(visitor: Visitor, host: Host, member: Member, stack: LocalStack) -> None:
    visitor.begin(host.url)
    visitor.write(QUESTION)
    expect(sources(visitor)).to_have_count(1)
    visitor.write(UNKNOWN)
    expect(visitor.chip(TOPIC)).to_be_visible()
    before = visitor.says()
    visitor.know(member)
    visitor.page.reload()
    visitor.launcher.click()
    visitor.page.get_by_role("button", name="가져오기").click()
    visitor.page.get_by_role("listitem").filter(has_text="죄송하지만").click()
    expect(sources(visitor)).to_have_text([TITLE])
    visitor.reads(before)


def refused(status: int) -> Callable[[Route], None]:
    """An answer of that status, as the service or what stands before it gives it."""
    return lambda route: route.fulfill(
        status=status, body="<html>", headers={"Access-Control-Allow-Origin": "*", "Retry-After": "60"}
    )


@pytest.mark.parametrize(
    "refusal", [lambda route: route.abort(), refused(429), refused(503)], ids=["cut", "429", "503"]
)
def test_where_nobody_can_tell_the_flow_goes_on_and_nothing_waits(
    visitor: Visitor, host: Host, refusal: Callable[[Route], None]
) -> None:
    visitor.begin(host.url)
    visitor.page.route(ANSWERS, refusal)
    visitor.took()
    visitor.write(QUESTION)
    expect(visitor.bubbles.last).to_contain_text(FALLBACK)
    expect(visitor.unsent).to_have_count(0)
    expect(visitor.banner).to_have_count(0)
    assert visitor.took() == ["POST /api/v1/answers"]
    visitor.page.unroute(ANSWERS)
    visitor.write(QUESTION)
    expect(sources(visitor)).to_have_count(1)
    expect(visitor.mine).to_have_count(2)


def test_a_question_that_was_on_its_way_is_answered_once_after_a_reload_in_all_tabs(
    new_visitor: NewVisitor, new_context: NewContext, host: Host
) -> None:
    context = new_context()
    first = new_visitor(context).begin(host.url)
    held: list[Route] = []
    first.page.route(ANSWERS, lambda route: held.append(route), times=1)  # noqa: PLW0108
    with first.page.expect_request(ANSWERS):
        first.write(QUESTION)
    second = new_visitor(context).go(host.url)
    first.page.reload()
    for visitor in (first, second):
        visitor.launcher.click()
        expect(sources(visitor)).to_have_count(1)
        expect(visitor.mine).to_have_count(1)
        expect(visitor.unsent).to_have_count(0)
    first.reads(second.says())
    held.pop().abort()


def test_it_is_told_to_a_screen_reader_once(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.url)
    expect(visitor.log).to_have_attribute("aria-live", "polite")
    visitor.page.evaluate("""() => {
        window.told = [];
        const log = document.querySelector("munui-chat").shadowRoot.querySelector("[role=log]");
        new MutationObserver((all) => {
          if (log.getAttribute("aria-live") !== "polite") return;
          all.forEach((one) => one.addedNodes.forEach((node) => window.told.push(node.textContent)));
        }).observe(log, { childList: true, subtree: true });
    }""")
    visitor.write(QUESTION)
    expect(sources(visitor)).to_have_count(1)
    visitor.page.wait_for_function("told.some((one) => one.includes('그늘에서'))")
    heard = [one for one in visitor.page.evaluate("told") if "그늘에서" in one]
    assert len(heard) == 1
    assert TITLE in heard[0]


@pytest.mark.parametrize("way", WAYS)
def test_axe_finds_nothing_on_answers_and_articles(new_visitor: NewVisitor, host: Host, way: str) -> None:
    visitor = new_visitor(reduced_motion="reduce", bypass_csp=True, **WAYS[way]).begin(host.url)
    visitor.page.add_script_tag(path=AXE)
    visitor.write(QUESTION)
    expect(sources(visitor)).to_have_count(1)
    assert faults(visitor) == [], "an answer"
    sources(visitor).click()
    expect(page(visitor).get_by_role("listitem").first).to_be_visible()
    assert faults(visitor) == [], "an article"
    assert visitor.panel.evaluate("(panel) => panel.scrollWidth - panel.clientWidth") == 0
    visitor.panel.get_by_role("button", name="뒤로").click()
    visitor.panel.get_by_role("button", name="대화 목록").click()
    visitor.page.get_by_role("searchbox").fill(UNKNOWN)
    expect(visitor.page.get_by_role("button", name="상담봇에게 물어보기")).to_be_visible()
    assert faults(visitor) == [], "the list, and a search that found nothing"


def test_the_help_is_searched_in_the_list_and_what_is_not_found_is_asked(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.url)
    visitor.panel.get_by_role("button", name="대화 목록").click()
    found = visitor.page.get_by_role("region", name="도움말").get_by_role("listitem")
    expect(found.filter(has_text=TITLE)).to_be_visible()
    field = visitor.page.get_by_role("searchbox", name="도움말 검색")
    field.fill("깃털빗자루")
    expect(visitor.page.get_by_text("도움말 1개를 찾았어요")).to_be_visible()
    found.get_by_role("button").click()
    expect(page(visitor).get_by_role("heading", name=TITLE)).to_be_focused()
    visitor.panel.get_by_role("button", name="뒤로").click()
    expect(found.get_by_role("button")).to_be_focused()
    field.press("Escape")
    expect(field).to_have_value("")
    expect(visitor.panel).to_be_visible()
    field.fill(UNKNOWN)
    visitor.page.get_by_role("button", name="상담봇에게 물어보기").click()
    expect(visitor.input).to_have_value(UNKNOWN)
    visitor.input.press("Enter")
    expect(visitor.chip(TOPIC)).to_be_visible()


def test_what_cannot_be_loaded_is_tried_again_and_what_was_withdrawn_is_told(
    visitor: Visitor, host: Host, stack: LocalStack
) -> None:
    with (
        connect(stack, autocommit=True) as db,
        an_article(db, title="곧 사라질 참새 물그릇", slug="sparrow-bowl") as made,
    ):
        visitor.begin(host.url)
        visitor.page.route(FOR_HELP, lambda route: route.abort())
        visitor.write("참새 물그릇은 어떻게 하나요?")
        sources(visitor).click()
        expect(visitor.banner).to_contain_text("연결하지 못했어요")
        visitor.page.unroute(FOR_HELP)
        expect(page(visitor).get_by_role("heading")).to_have_text("곧 사라질 참새 물그릇")
        visitor.panel.get_by_role("button", name="뒤로").click()
        write_article(db, made["id"], text=None, status="draft")
        sources(visitor).click()
        expect(page(visitor)).to_contain_text("이 도움말은 이제 볼 수 없어요.")


def test_nothing_in_an_article_is_html(visitor: Visitor, host: Host, stack: LocalStack) -> None:
    body = (
        "<img src=x onerror='window.hurt=1'> <script>window.hurt=1</script>\n\n[나쁜 곳](javascript:window.hurt=1) "
        "[좋은 곳](https://example.com/a) ![그림](https://example.com/x.png)\n\n"
        "| 가 | 나 |\n|---|---|\n| 1 | <b>2</b> |\n"
    )
    with connect(stack, autocommit=True) as db, an_article(db, title="뻐꾸기 장화 보관", text=body, slug="cuckoo"):
        visitor.begin(host.url)
        visitor.write("뻐꾸기 장화는 어떻게 보관하나요?")
        sources(visitor).click()
        links = page(visitor).locator(".prose").get_by_role("link")
        expect(links).to_have_count(1)
        assert links.get_attribute("href") == "https://example.com/a"
        assert links.get_attribute("rel") == "noopener noreferrer nofollow"
        expect(page(visitor).get_by_role("cell")).to_have_text(["1", "2"])
    assert page(visitor).locator("img, script, b, [style]").count() == 0
    assert visitor.page.evaluate("window.hurt") is None


@pytest.fixture(scope="module")
def asking(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host of a service that asks a model; who asks it is the test."""
    host = Host()
    log = tmp_path_factory.mktemp("asking") / "app.log"
    model = {"AI_BASE_URL": "http://127.0.0.1:9/v1", "AI_MODEL": "none"}
    with gunicorn(stack, log, ALLOWED_ORIGINS=host.url, **model) as running:
        host.app_url = running.url
        yield host
    host.close()


def settle(stack: LocalStack, text: str, article: dict[str, Any]) -> str | None:
    """What a worker does once a model has answered the last question; None where it is not to be answered any more."""
    upstream, flows = Upstream.from_settings(stack_settings(stack)), KnownFlows(load_flow(SHIPPED))
    with connect(stack, autocommit=True) as db:
        asked = db.execute("select id from public.kb_answers order by created_at desc limit 1").fetchone()
        chunk = chunk_of(db, article["id"])["id"]
    question = answering.read_question(upstream, flows, asked[0])
    source = Source(article["id"], article["version"], 0, chunk, article["slug"], TITLE, "ko", quote="그늘에서")
    settled = Settled(outcome="answered", text=text, sources=(source,))
    return question and answering.settle(upstream, flows, question, settled)


@pytest.mark.parametrize("who", ["guest", "member"])
def test_what_is_looked_for_comes_by_itself_and_there_is_a_way_out_meanwhile(
    who: str, new_visitor: NewVisitor, asking: Host, member: Member, stack: LocalStack, article: dict[str, Any]
) -> None:
    visitor = new_visitor()
    visitor.page.clock.install()
    dots = visitor.page.locator("munui-chat .typing")
    with connect(stack, autocommit=True) as db, told(db, mode="generative"):
        visitor.begin(asking.url, member if who == "member" else None)
        for answer in ("그늘에서 말려 주세요.", None):
            visitor.write(QUESTION)
            expect(visitor.bubbles.last).to_contain_text("답을 찾고 있어요")
            expect(dots).to_be_visible()
            expect(visitor.chip(PERSON)).to_be_visible()
            if answer:
                assert settle(stack, answer, article) == "written"
                expect(sources(visitor)).to_have_text([TITLE])
                expect(visitor.page.locator("munui-chat .quote")).to_have_text("그늘에서")
                expect(dots).to_have_count(0)
        visitor.page.clock.fast_forward("01:00")
        late = visitor.banner.filter(has_text="시간이 더 걸려요")
        expect(late).to_be_visible()
        expect(dots).to_have_count(0)
        visitor.chip(PERSON).click()
        expect(visitor.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
        expect(late).to_have_count(0)
        assert settle(stack, "늦은 답", article) is None
    assert "늦은 답" not in visitor.says()
