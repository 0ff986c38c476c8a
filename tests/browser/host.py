"""A host's web site on an origin of its own, with pages that embed the chat. No assertions."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

PAGE = """<!doctype html><html lang="ko"%(root)s><head><meta charset="utf-8"><title>가게</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root { color-scheme: light dark } body { margin: 24px; font-family: sans-serif }
%(style)s</style>
<script>
  window.asked = [];
  window.heard = [];
  for (const name of ["opened", "closed", "message", "handedover", "completed", "rated", "unread", "error", "signin"]) {
    document.addEventListener(`munui:${name}`, ({ detail }) => window.heard.push([name, detail]));
  }
</script></head>
<body>%(body)s
%(before)s<script type="module" src="%(app)s/embed.js" %(attributes)s></script>
<script type="module">
  const chat = document.querySelector("munui-chat");
  const stored = () => { try { return sessionStorage.getItem("token") } catch { return null } }; // none in a sandbox
  if (stored() && !chat.getAccessToken) {
    chat.getAccessToken = async (options) => { window.asked.push(options); return stored(); };
  }
</script></body></html>"""

MAIN = '<main><h1>가게</h1><p>어서 오세요. <a href="#top">위로</a></p></main>'
PLAIN = {"root": "", "style": "", "body": MAIN, "before": ""}


class Host:
    """Serves the page at `/`; the parameters of its address become the attributes of the script tag."""

    def __init__(self) -> None:
        self.app_url = ""
        # What a test puts here is served too: a path, its type and its content.
        self.files: dict[str, tuple[str, bytes]] = {}
        self._pages: dict[str, dict[str, str]] = {}
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                attributes = " ".join(f'data-{name}="{value}"' for name, value in parse_qsl(address.query))
                parts = host._pages.get(address.path, {})
                page = PAGE % {**PLAIN, **parts, "app": host.app_url, "attributes": attributes}
                kind, body = host.files.get(address.path, ("text/html", b""))
                body = page.encode() if parts or address.path == "/" else body
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        # The same pages under a name that the service was not told of.
        self.unknown_url = f"http://localhost:{self.port}"

    def page(self, **parts: str) -> str:
        """The address of a page of its own: other attributes of its `root`, a `style`, a `body`, tags `before` ours."""
        path = f"/page-{len(self._pages)}"
        self._pages[path] = parts
        return self.url + path

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
