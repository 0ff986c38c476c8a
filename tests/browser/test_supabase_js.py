"""The documented way in for sites that use Supabase Auth, with the real supabase-js on a page of another origin."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from scripts.local import LocalStack
from tests.browser.conftest import NewVisitor
from tests.browser.host import Host
from tests.browser.visitor import OKAY
from tests.stack import Member

LIBRARY = Path(__file__).parent / "node_modules/@supabase/supabase-js/dist/umd/supabase.js"

# A site with its own client, and the snippet of README.md.
PAGE = """<!doctype html><meta charset="utf-8"><script src="/supabase.js"></script>
<script type="module" src="%(app)s/embed.js"></script>
<script type="module">
const supabase = window.supabase.createClient("%(project)s", "%(key)s");
const chat = document.querySelector("munui-chat");
chat.getAccessToken = async () => (await supabase.auth.getSession()).data.session?.access_token ?? null;
supabase.auth.onAuthStateChange((event) => {
  if (event === "SIGNED_IN") chat.signIn();
  if (event === "SIGNED_OUT") chat.signOut();
});
window.signIn = async (email, password) => (await supabase.auth.signInWithPassword({ email, password })).error?.message;
window.mine = async () => (await supabase.from("chat_messages").select("role,kind,content").order("seq")).data;
</script>"""


def test_a_member_of_the_site_chats_as_that_member(
    new_visitor: NewVisitor, host: Host, stack: LocalStack, member: Member
) -> None:
    visitor = new_visitor()
    page = PAGE % {"app": host.app_url, "project": stack.supabase_url, "key": stack.publishable_key}
    host.files |= {"/shop": ("text/html", page.encode()), "/supabase.js": ("text/javascript", LIBRARY.read_bytes())}
    visitor.page.goto(f"{host.url}/shop")
    sign_in = "([email, password]) => signIn(email, password)"
    assert "Invalid" in visitor.page.evaluate(sign_in, [member.email, "wrong-password"])
    # The chat hears of it, and asks for the token: who opens it before that is a guest.
    with visitor.page.expect_response("**/api/v1/conversations"):
        assert visitor.page.evaluate(sign_in, [member.email, member.password]) is None
    visitor.open()
    visitor.chip("배송").click()
    expect(visitor.mine).to_have_text(["나: 배송"])
    expect(visitor.chip(OKAY)).to_be_visible()
    # The same conversation, as the site's own client reads it under Row Level Security.
    assert {"role": "user", "kind": "text", "content": "배송"} in visitor.page.evaluate("mine()")
