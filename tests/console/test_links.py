"""Tests that a link on another site opens the console through the proxy, and nothing else."""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from playwright.sync_api import Browser, expect

from ecs_ip.proxy import Proxy
from ecs_ip.upstream import Upstream
from local import loopback


class _Elsewhere(BaseHTTPRequestHandler):
    """Serve a page with two links. "localhost" is another site than 127.0.0.1."""

    page: ClassVar[str]

    def do_GET(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.page.encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def test_a_link_in_a_chat_leads_to_the_view_and_none_to_the_data(
    browser: Browser, base_url: str
) -> None:
    with Proxy(Upstream(base_url), port=0) as proxy, browser.new_context() as context:
        links = {"console": "/console/#/status", "data": "/tasks", "root": "/"}
        _Elsewhere.page = "".join(
            f"<a href='{proxy.url}{path}'>{name}</a> " for name, path in links.items()
        )
        with loopback.serving(ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere)) as url:
            page = context.new_page()
            elsewhere = url.replace("127.0.0.1", "localhost")
            page.goto(elsewhere)
            page.get_by_role("link", name="console").click()
            expect(page.locator("main h1")).to_contain_text("Answers can be trusted since")
            for name in ("data", "root"):
                page.goto(elsewhere)
                with page.expect_response(f"{proxy.url}{links[name]}") as response:
                    page.get_by_role("link", name=name).click()
                assert response.value.status == HTTPStatus.FORBIDDEN
