"""The server's answers: the page, and the data of the runs it was started for."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from automem.errors import AutoMemError
from automem.view.page import STATIC, page
from automem.view.pictures import Pictures
from automem.view.recording import Recording
from automem.view.shown import Shown

_JSON = "application/json"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_SORTS: dict[str, Callable[[Recording, int], bytes | None]] = {
    "chunk": Recording.chunk,
    "marks": Recording.marks,
    "turns": Recording.turns,
}


def make_app(shown: Shown) -> Starlette:
    """The application; `guard.Guard` must stand before it.

    Arguments:
        shown: what may be seen. Nothing else is: episodes are found in its index, and no path is ever made of what
            a request says.
    """
    answers = _Answers(shown)
    routes = [
        Route("/", answers.page),
        Route("/static/{name}", answers.static),
        Route("/data/index.json", answers.index),
        Route("/data/{run}/{episode}/picture-{step:int}.png", answers.picture),
        Route("/data/{run}/{episode}/{sort}-{number:int}.json", answers.data),
    ]
    trouble = {AutoMemError: _told}
    return Starlette(routes=routes, exception_handlers=trouble, lifespan=answers.lifespan)


class _Answers:
    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._pictures = Pictures()

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        yield
        await self._pictures.close()
        self._shown.close()

    async def page(self, request: Request) -> Response:
        return Response(page("server"), media_type="text/html")

    async def static(self, request: Request) -> Response:
        file = STATIC.get(request.path_params["name"])
        if file is None:
            raise HTTPException(404)
        return Response(file.read_bytes(), media_type=_TYPES[file.suffix])

    async def index(self, request: Request) -> Response:
        body = msgspec.json.encode(await run_in_threadpool(self._shown.index))
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"ETag": etag})
        return Response(body, media_type=_JSON, headers={"ETag": etag})

    async def data(self, request: Request) -> Response:
        sort = _SORTS.get(request.path_params["sort"])
        if sort is None:
            raise HTTPException(404)
        found = await run_in_threadpool(sort, await self._recording(request), request.path_params["number"])
        if found is None:
            raise HTTPException(404)
        return Response(found, media_type=_JSON)

    async def picture(self, request: Request) -> Response:
        recording = await self._recording(request)
        return Response(await self._pictures.of(recording, request.path_params["step"]), media_type="image/png")

    async def _recording(self, request: Request) -> Recording:
        path = f"{request.path_params['run']}/{request.path_params['episode']}"
        found = await run_in_threadpool(self._shown.recording, path)
        if found is None:
            raise HTTPException(404)
        return found


async def _told(request: Request, error: Exception) -> Response:
    """What went wrong, for the person who looks: 409, because the files are not as they should be."""
    return PlainTextResponse(str(error), 409)
