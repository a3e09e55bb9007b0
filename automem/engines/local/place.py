"""Where a model's files are, and a hash of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from automem.errors import AutoMemError
from automem.models import IN_THE_BOX, shipped_model

_WHOLE = 64 << 20
_BLOCK = 1 << 16
_BLOCKS = 256


def find_model(model: str) -> Path | str:
    """The folder of a model, or its name on the hub where there is no such folder.

    Arguments:
        model: `tiny`, a folder (from the working directory), or a hub's `owner/name`.

    Raises:
        AutoMemError: there is no such folder, and it is no hub's name.
    """
    folder = _folder(model)
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise AutoMemError(f"model {model!r}: {folder} holds no model: config.json is missing")
        return folder
    if model == IN_THE_BOX:
        raise AutoMemError(
            f"model {model!r}: this installation lacks the model in the box, {folder}; "
            "install the package again, or name a model's folder"
        )
    owner, slash, name = model.partition("/")
    if not slash or not owner.strip(".~") or not name or "/" in name or "\\" in model:
        raise AutoMemError(
            f"model {model!r}: there is no folder {folder.absolute()}; name `{IN_THE_BOX}`, a folder with config.json, "
            "weights and tokenizer as transformers saves them, or a hub's owner/name"
        )
    return model


def _folder(model: str) -> Path:
    return shipped_model() if model == IN_THE_BOX else Path(model).expanduser()


def content_hash(model: str) -> str | None:
    """A hash over the files of a model's folder but its card, 64 hex digits; None where there is no such folder.

    Of a file over 64 MiB it covers the size and 256 blocks of 64 KiB, spread evenly: that training or merging
    changed the weights is seen, that one number was changed by hand is not.
    """
    folder = _folder(model)
    if not folder.is_dir():
        return None
    found = hashlib.sha256()
    files = (path for path in folder.iterdir() if path.is_file() and path.name[0] != "." and path.suffix != ".md")
    for file in sorted(files):
        found.update(f"{file.name}\0{_hash(file)}\n".encode())
    return found.hexdigest()


def _hash(file: Path) -> str:
    size = file.stat().st_size
    found = hashlib.sha256(str(size).encode())
    with file.open("rb") as data:
        if size <= _WHOLE:
            while block := data.read(1 << 20):
                found.update(block)
            return found.hexdigest()
        for number in range(_BLOCKS):
            data.seek(number * (size - _BLOCK) // (_BLOCKS - 1))
            found.update(data.read(_BLOCK))
    return found.hexdigest()
