"""Who may read the page: only who has its address, from this machine, through its own name."""

from __future__ import annotations

from collections.abc import Collection
from secrets import compare_digest
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What every answer says, refusals too."""


class Guard:
    """Lets a request through only with the token before its path and one of the hosts in its header.

    The host is checked so that no page of another site reaches the server under a name of its own that it has
    pointed at this machine. Every refusal is the same.

    Arguments:
        app: what is guarded; it sees paths without the token.
        token: the first segment that every path must have.
        hosts: what the header `Host` may say.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: Collection[str]) -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._chosen(scope)(_without_token(scope), receive, strictly)

    def _chosen(self, scope: Scope) -> ASGIApp:
        token, slash, _ = str(scope["path"]).removeprefix("/").partition("/")
        known = compare_digest(token.encode(), self._token)
        if not known or Headers(scope=scope).get("host") not in self._hosts:
            return PlainTextResponse("Not Found", 404)
        return self._app if slash else RedirectResponse(f"{token}/", 307)


def _without_token(scope: Scope) -> dict[str, Any]:
    path = "/" + str(scope["path"]).removeprefix("/").partition("/")[2]
    return {**scope, "path": path, "raw_path": path.encode()}
