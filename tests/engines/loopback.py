"""HTTP servers on loopback that speak the two protocols as their vendors do, and misbehave by script.

async with ChatServer() as server:
    server.script = [reply(500), cut, trickle]      # then it behaves
    engine = create("tiny", {"base_url": server.url})
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Seen:
    """One request as it arrived; `body` is decoded."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


Behaviour = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


class Loopback:
    """A server; the subclasses know a protocol.

    Attributes:
        script: what the next generating requests meet, in order; when it is used up the server behaves.
        seen: every request.
        models: what it lists; None for a server without that route.
        key: the only key it accepts; None accepts any.
        text: makes the text of an answer from the decoded request.
    """

    def __init__(self) -> None:
        self.script: list[Behaviour] = []
        self.seen: list[Seen] = []
        self.models: list[str] | None = ["tiny", "large"]
        self.key: str | None = None
        self.text: Callable[[Any], str] = lambda body: f"heard {len(body['messages'])} messages"
        self._serving: set[asyncio.Task[None]] = set()

    prefix = ""
    generates = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    @property
    def asked(self) -> list[Any]:
        """The bodies of the generating requests."""
        return [seen.body for seen in self.seen if seen.path == self.generates]

    async def __aenter__(self) -> Loopback:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._serving.add(task)
        try:
            while not writer.is_closing():
                await self._answer(await _read(reader), writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client went away, or the test is over
        finally:
            self._serving.discard(task)
            writer.close()

    async def _answer(self, seen: Seen, writer: asyncio.StreamWriter) -> None:
        self.seen.append(seen)
        if seen.path == self.generates and self.script:
            await self.script.pop(0)(seen, writer)
        else:
            await self.behave(seen, writer)

    async def behave(self, seen: Seen, writer: asyncio.StreamWriter) -> None:
        """Answers as the vendor's server would."""
        status, body = self._behave(seen)
        await (stream(body) if isinstance(body, bytes) else reply(status, body))(seen, writer)

    def _behave(self, seen: Seen) -> tuple[int, Any]:
        if fault := self.refuses_head(seen):
            return fault
        if seen.path == self.generates:
            if words := self.refuses_body(seen.body, seen.headers):
                return 400, self.error("invalid_request_error", words)
            if self.models and seen.body["model"] not in self.models:
                return 404, self.error("not_found_error", f"model: {seen.body['model']}")
            return 200, self.answer(seen.body)
        if self.models is None or not seen.path.startswith("/v1/models"):
            return 404, {"detail": "Not Found"}
        name = seen.path.removeprefix("/v1/models").strip("/")
        if name:
            return (200, {"id": name}) if name in self.models else (404, self.error("not_found_error", name))
        return 200, {"data": [{"id": model} for model in self.models]}

    def refuses_head(self, seen: Seen) -> tuple[int, Any] | None:
        bearer = seen.headers.get("authorization", "").removeprefix("Bearer ")
        sent = seen.headers.get("x-api-key") or bearer
        if not sent or self.key not in (None, sent):
            return 401, self.error("authentication_error", "invalid key")
        return None

    def refuses_body(self, body: Any, headers: dict[str, str]) -> str:
        raise NotImplementedError

    def answer(self, body: Any) -> Any:
        """The body of a good answer: plain data, or bytes of server-sent events."""
        raise NotImplementedError

    def error(self, kind: str, words: str) -> dict[str, Any]:
        raise NotImplementedError


class ChatServer(Loopback):
    """Chat Completions."""

    prefix = "/v1"
    generates = "/v1/chat/completions"

    def refuses_body(self, body: Any, headers: dict[str, str]) -> str:
        for message in body.get("messages") or [{}]:
            if message.get("role") not in ("user", "assistant") or not isinstance(message.get("content"), str):
                return "messages: role and content are required"
        if not 0 <= body.get("temperature", 1.0) <= 2:
            return "temperature must be in [0, 2]"
        if body.get("max_tokens", body.get("max_completion_tokens", 1)) < 1:
            return "max_tokens must be at least 1"
        return "" if body.get("model") else "model: field required"

    def answer(self, body: Any, **changes: Any) -> dict[str, Any]:
        message = {"role": "assistant", "content": self.text(body)}
        details = {"prompt_tokens_details": {"cached_tokens": 64}}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"} | changes],
            "usage": {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107} | details,
        }

    def error(self, kind: str, words: str) -> dict[str, Any]:
        return {"error": {"message": words, "type": kind, "param": None, "code": None}}


class MessagesServer(Loopback):
    """Anthropic's Messages API, version 2023-06-01 and the later one without sampling parameters."""

    generates = "/v1/messages"

    def refuses_head(self, seen: Seen) -> tuple[int, Any] | None:
        if seen.headers.get("anthropic-version") not in ("2023-06-01", "2026-10-21"):
            return 400, self.error("invalid_request_error", "anthropic-version: header is required")
        return super().refuses_head(seen)

    def refuses_body(self, body: Any, headers: dict[str, str]) -> str:
        known = {"model", "messages", "max_tokens", "stop_sequences"}
        if headers["anthropic-version"] == "2023-06-01":
            known |= {"temperature", "top_p"}
        if extra := body.keys() - known:
            return f"{', '.join(sorted(extra))}: Extra inputs are not permitted"
        if missing := {"model", "messages", "max_tokens"} - body.keys():
            return f"{', '.join(sorted(missing))}: Field required"
        if "temperature" in body and "top_p" in body:
            return "temperature and top_p cannot both be specified for this model"
        blocks = [block for message in body["messages"] for block in _blocks(message["content"])]
        if any(not block["text"].strip() for block in blocks):
            return "messages: text content blocks must contain non-whitespace text"
        if sum("cache_control" in block for block in blocks) > 4:
            return "A maximum of 4 blocks with cache_control may be provided"
        return ""

    def answer(self, body: Any, **changes: Any) -> dict[str, Any]:
        usage = {"cache_read_input_tokens": 64, "cache_creation_input_tokens": 30, "output_tokens": 7}
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": [{"type": "text", "text": self.text(body)}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 6} | usage,
        } | changes

    def error(self, kind: str, words: str) -> dict[str, Any]:
        return {"type": "error", "error": {"type": kind, "message": words}, "request_id": "req_1"}


def _blocks(content: Any) -> list[Any]:
    return [{"text": content}] if isinstance(content, str) else content


async def _read(reader: asyncio.StreamReader) -> Seen:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, target, _ = head[0].split(" ")
    fields = (line.split(":", 1) for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, value in fields}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Seen(method, target.partition("?")[0], headers, json.loads(body) if body else None)


def reply(status: int, body: Any = None, **headers: str) -> Behaviour:
    """Answers with a status, a body (bytes as they are, anything else as JSON), and further headers."""
    content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()

    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(_head(status, f"content-length: {len(content)}", headers) + content)

    return behave


def echo(status: int) -> Behaviour:
    """Answers with a status and, in the error's words, the headers that hold the key."""

    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        shown = {name: seen.headers.get(name) for name in ("authorization", "x-api-key")}
        await reply(status, {"error": {"message": f"bad headers: {shown}"}})(seen, writer)

    return behave


async def cut(seen: Seen, writer: asyncio.StreamWriter) -> None:
    """Closes the connection in the middle of a good answer."""
    writer.write(_head(200, "content-length: 500", {}) + b'{"id": "1", "choi')
    await writer.drain()
    writer.close()


def stream(content: bytes, whole: bool = True) -> Behaviour:
    """Sends server-sent events in chunks; the connection closes before the end where it is not whole."""

    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(_head(200, "transfer-encoding: chunked", {}, "text/event-stream; charset=utf-8"))
        size = max(100, len(content) // 100)
        for at in range(0, len(content), size):
            piece = content[at : at + size]
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await writer.drain()
        if whole:
            writer.write(b"0\r\n\r\n")
        else:
            writer.close()

    return behave


async def trickle(seen: Seen, writer: asyncio.StreamWriter) -> None:
    """Sends a byte now and then, for ever."""
    writer.write(_head(200, "transfer-encoding: chunked", {}))
    while True:
        writer.write(b"1\r\n \r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def hang(seen: Seen, writer: asyncio.StreamWriter) -> None:
    """Never answers."""
    await asyncio.Event().wait()


def _head(status: int, length: str, headers: dict[str, str], kind: str = "application/json") -> bytes:
    fields = [f"HTTP/1.1 {status} Scripted", f"content-type: {kind}", length]
    fields += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(fields) + "\r\n\r\n").encode()
