"""The local server: bound to this machine alone, at an address that nobody can guess."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from automem.errors import AutoMemError
from automem.view.app import make_app
from automem.view.guard import Guard
from automem.view.shown import Shown

HOST = "127.0.0.1"


@contextmanager
def serving(shown: Shown, port: int = 0) -> Iterator[str]:
    """Serve the page for as long as the context lasts, in a thread of its own.

    Arguments:
        shown: what may be seen; it is closed in the end.
        port: where; 0 for any that is free.

    Yields:
        the page's address, with its token.

    Raises:
        RunError: a run cannot be read.
        AutoMemError: the port is in use.
    """
    shown.index()
    with _bound(port) as bound:
        port = bound.getsockname()[1]
        token = secrets.token_urlsafe(24)
        guard = Guard(make_app(shown), token, {f"{HOST}:{port}", f"localhost:{port}"})
        config = uvicorn.Config(
            guard, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=1, ws="none"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{port}/{token}/"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def _bound(port: int) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((HOST, port))
            bound.listen(128)
        except OSError as error:
            raise AutoMemError(f"port {port} of {HOST} cannot be used: {error.strerror}; name another one") from error
        yield bound
