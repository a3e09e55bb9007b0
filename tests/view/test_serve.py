"""The server refuses whatever is not meant for it; over real HTTP."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest

from automem.api.view import open_view
from automem.errors import AutoMemError, RunError

from .conftest import Played


def ask(served: Played, path: str, method: str = "GET", **headers: str) -> tuple[int, str, http.client.HTTPMessage]:
    at = urlsplit(served.address)
    connection = http.client.HTTPConnection(at.netloc)
    connection.putrequest(method, path, skip_host=True)
    for name, value in {"Host": at.netloc, **headers}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode(errors="replace")
    connection.close()
    return answer.status, body, answer.headers


def test_every_answer_is_strict(served: Played) -> None:
    token = urlsplit(served.address).path
    episode = served.episodes[0].id
    for path in ("", "static/main.js", "data/index.json", f"data/stage/{episode}/chunk-0.json", "nowhere"):
        status, _, headers = ask(served, token + path)
        assert status == (404 if path == "nowhere" else 200)
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


def test_without_its_token_nothing_is_there(served: Played) -> None:
    token = urlsplit(served.address).path.strip("/")
    for path in (
        "/",
        "/static/main.js",
        "/data/index.json",
        f"/{token[:-1]}/",
        f"/x{token}/",
        f"//{token}/",
        "/%c3%bc/",
    ):
        status, body, headers = ask(served, path)
        assert (status, body) == (404, "Not Found"), path
        assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1.evil.example:{port}", "localhost", ""])
def test_under_another_name_nothing_is_there(served: Played, host: str) -> None:
    at = urlsplit(served.address)
    assert ask(served, at.path, Host=host.format(port=at.port))[:2] == (404, "Not Found")
    assert ask(served, at.path, Host=f"localhost:{at.port}")[0] == 200


def test_no_path_leads_out_of_the_runs(served: Played) -> None:
    token, episode = urlsplit(served.address).path, served.episodes[0].id
    outside = (
        "../../etc/passwd",
        "static/../recording.py",
        "static/..%2frecording.py",
        "static/%2e%2e/%2e%2e/recording.py",
        "static/index.html",
        "static/",
        "data/",
        "data/stage",
        f"data/stage/{episode}",
        f"data/stage/..%2f{episode}/chunk-0.json",
        f"data/other/{episode}/chunk-0.json",
        f"data/stage/{episode}%00/chunk-0.json",
        f"data/stage/{episode}/close-0.json",
        f"data/stage/{episode}/chunk-99.json",
        f"data/stage/{episode}/chunk--1.json",
        "data/stage/run.db",
    )
    for path in outside:
        assert ask(served, token + path)[0] == 404, path
    assert ask(served, token + "data/index.json", method="POST")[0] == 405


def test_an_unchanged_index_is_not_sent_again(served: Played) -> None:
    path = urlsplit(served.address).path + "data/index.json"
    etag = ask(served, path)[2]["ETag"]
    assert ask(served, path, **{"If-None-Match": etag})[:2] == (304, "")


def test_why_there_is_no_picture(served: Played) -> None:
    path = f"{urlsplit(served.address).path}data/stage/{served.episodes[0].id}/picture-"
    assert ask(served, f"{path}1.png")[:2] == (409, "this world has no pictures; its text is all there is to see")
    status, body, _ = ask(served, f"{path}61.png")
    assert (status, "steps 1 to 60" in body) == (409, True)


def test_a_place_that_is_none_is_said(run: Played) -> None:
    for at, words in (("77/1", "no episode matches '77'"), ("42/99", "has no step 99"), ("42/x", "EPISODE/STEP")):
        with pytest.raises(RunError, match=words), open_view(["stage"], run.runs, at=at):
            pass
    with pytest.raises(RunError, match="known: stage"), open_view(["other"], run.runs):
        pass


def test_a_port_in_use_is_said(served: Played) -> None:
    port = urlsplit(served.address).port or 0
    with (
        pytest.raises(AutoMemError, match=f"port {port} .* cannot be used"),
        open_view(["stage"], served.runs, port=port),
    ):
        pass
