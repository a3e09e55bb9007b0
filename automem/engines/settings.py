"""What an experiment may say about a model that lives on a server, and where its key comes from."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from automem.errors import AutoMemError

NO_KEY = "none"
"""Sent where no key is wanted: servers without authentication still expect the header of the protocol."""


def _server_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        named = re.fullmatch(r"[\w.:%-]+", parts.hostname or "") and parts.port != 0
        usable = parts.scheme in ("http", "https") and bool(named)
    except ValueError:
        usable = False
    if not usable:
        raise PydanticCustomError("url", "must be a URL such as http://127.0.0.1:30000/v1")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise PydanticCustomError(
            "url", "must have no user, password, query or fragment; name the key's variable in `key_env`"
        )
    return url.rstrip("/")


def _variable_name(name: str) -> str:
    # The value is never repeated: people write the key itself here by mistake.
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise PydanticCustomError("name", "must be the name of an environment variable, not the key itself")
    return name


ServerURL = Annotated[str, AfterValidator(_server_url)]
VariableName = Annotated[str, AfterValidator(_variable_name)]
ExtraBody = dict[str, JsonValue]
"""Further fields of every request, passed on as they are."""


def leaving_out(own: frozenset[str]) -> AfterValidator:
    """Refuses an `ExtraBody` with one of the fields `own`, which the engine sends itself."""

    def check(body: ExtraBody) -> ExtraBody:
        taken = sorted(own & body.keys())
        if taken:
            raise PydanticCustomError("field", f"must leave out {', '.join(taken)}, which the engine sends itself")
        return body

    return AfterValidator(check)


class ServerSettings(BaseModel):
    """Settings that every engine with a server has.

    Arguments:
        base_url: where the protocol's routes begin. Environment variables that the official clients read
            for this are not read: what is played must stand in the experiment.
        key_env: name of the environment variable that holds the key. Without it the variable that the
            vendor's documentation names is read for the vendor's own servers, and every other server is
            sent no key: a key goes only where it was meant to go.
        timeout_s: the longest that one attempt may take from request to complete answer, in seconds.
        retries: attempts after the first, of a call that may pass.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    base_url: ServerURL
    key_env: VariableName | None = None
    timeout_s: float = Field(default=300.0, gt=0, allow_inf_nan=False)
    retries: int = Field(default=8, ge=0)

    def served_by(self, domain: str) -> bool:
        """Whether `base_url` is on `domain` or below it."""
        host = urlsplit(self.base_url).hostname or ""
        return host == domain or host.endswith(f".{domain}")


Settings = TypeVar("Settings", bound=BaseModel)


def read_settings(kind: type[Settings], engine: str, model: str, given: Mapping[str, Any]) -> Settings:
    """The settings of one model.

    Raises:
        AutoMemError: one line for each setting that is unknown or wrong; no value is repeated.
    """
    try:
        return kind.model_validate(dict(given))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
    known = list(kind.model_fields)
    lines = (f"model {model!r} (engine {engine}): {_line(detail, known)}" for detail in found)
    raise AutoMemError("\n".join(lines))


def _line(detail: ErrorDetails, known: list[str]) -> str:
    path = ".".join(str(part) for part in detail["loc"])
    if detail["type"] != "extra_forbidden":
        return f"{path}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
    near = difflib.get_close_matches(path, known, 1)
    return f"{path}: unknown setting; " + (f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}")


@dataclass(frozen=True)
class Key:
    """A key and the variable it came from; the key is in no `repr`.

    Arguments:
        variable: the environment variable read; None when no key is wanted.
        value: the key; None when there is none.
    """

    variable: str | None
    value: str | None = field(repr=False)

    @classmethod
    def find(cls, settings: ServerSettings, domain: str, default: str) -> Key:
        """The key of `key_env`, or of the variable `default` when the server belongs to `domain`."""
        variable = settings.key_env or (default if settings.served_by(domain) else None)
        return cls(variable, os.environ.get(variable, "").strip() or None if variable else None)

    @property
    def fault(self) -> str | None:
        """What is wrong with the key before anything is sent, for the person who can mend it."""
        if self.variable is None:
            return None
        if self.value is None:
            return f"the environment variable {self.variable} holds no key; set it, or name another in `key_env`"
        if not re.fullmatch(r"[!-~]+", self.value):
            return f"the key in the environment variable {self.variable} has characters no key can have"
        return None

    @property
    def to_send(self) -> str:
        """What goes into the request's header."""
        return NO_KEY if self.value is None or self.fault else self.value

    def hide_in(self, text: str) -> str:
        """`text` without the key, as it is or as JSON and URLs would spell it."""
        if self.value is None:
            return text
        as_json = self.value.replace("\\", "\\\\").replace('"', '\\"')
        for spelling in {self.value, as_json, as_json.replace("/", "\\/"), quote(self.value, safe="")}:
            text = text.replace(spelling, "[key]")
        return text
