"""Several conversations at once: one request each, a few at a time, and each fault told where it belongs."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.people import Person, Team


def test_several_are_assigned_labelled_and_completed(
    new_screen: NewScreen, new_customer: NewCustomer, label: str, team: Team, admin: Person
) -> None:
    customers = [new_customer() for _ in range(5)]
    team.ask("POST", "/labels", name=f"{label}-둘")
    screen = new_screen().go("/open", label=label)
    page = screen.page
    at_once = {"now": 0, "most": 0}

    def counted(route: Route) -> None:
        at_once["now"] += 1
        at_once["most"] = max(at_once["most"], at_once["now"])
        answer = route.fetch()
        at_once["now"] -= 1
        route.fulfill(response=answer)

    page.route("**/api/v1/inbox/conversations/*", counted)
    expect(screen.rows).to_have_count(5)
    screen.rows.first.locator("input").click()
    screen.rows.last.locator("input").click(modifiers=["Shift"])
    expect(page.get_by_text("5건 선택")).to_be_visible()
    page.get_by_label("담당자 지정").select_option(label=admin.name)
    expect(page.get_by_text("5건을 처리했어요.")).to_be_visible()
    assert 1 < at_once["most"] <= 3
    expect(screen.rows.filter(has_text=admin.name)).to_have_count(5)
    expect(page.locator(".several")).to_have_count(0)
    for row in screen.rows.all():
        row.locator("input").click()
    expect(page.get_by_text("5건 선택")).to_be_visible()
    page.get_by_label("라벨 붙이기").select_option(f"{label}-둘")
    expect(screen.rows.filter(has_text=f"{label}-둘")).to_have_count(5)
    # It may be heard of before the last one is answered.
    expect(page.locator(".several")).to_have_count(0)
    screen.leave_list()
    for row in screen.rows.all():
        row.locator("input").click()
    expect(page.get_by_text("5건 선택")).to_be_visible()
    page.get_by_role("button", name="완료", exact=True).click()
    # It speaks to five people, so it asks first.
    page.get_by_role("dialog").get_by_role("button", name="취소").click()
    assert {team.row(one)["status"] for one in customers} == {"open"}
    page.get_by_role("button", name="완료", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="완료").click()
    expect(page.get_by_text("여기에는 상담이 없어요.")).to_be_visible()
    assert {team.row(one)["status"] for one in customers} == {"completed"}


def test_what_was_refused_says_why_in_its_row(
    new_screen: NewScreen, new_customer: NewCustomer, label: str, team: Team, admin: Person, agent: Person
) -> None:
    one, other = new_customer(), new_customer()
    screen = new_screen()
    page = screen.page
    # What happens elsewhere is not heard of in time, be it asked for a moment before.
    page.route("**/api/v1/inbox/changes*", lambda route: route.fulfill(status=503))
    screen.go("/open", label=label)
    team.change(one, assigneeId=admin.id)
    for customer in (one, other):
        screen.row(customer).locator("input").click()
    expect(page.get_by_text("2건 선택")).to_be_visible()
    page.get_by_label("담당자 지정").select_option(label=f"{agent.name} (나)")
    expect(page.get_by_text("1건을 처리했고 1건은 처리하지 못했어요.")).to_be_visible()
    expect(screen.row(one)).to_contain_text("그사이 상담이 바뀌었어요.")
    expect(screen.row(one)).to_contain_text(admin.name)
    expect(screen.row(one).locator("input")).to_be_checked()
    expect(screen.row(other)).to_contain_text(agent.name)
    expect(screen.row(other).locator("input")).not_to_be_checked()
    assert team.row(one)["assignee"]["id"] == admin.id
