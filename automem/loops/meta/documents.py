"""Proposing from documents instead of asking a model; and those that a person lists, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

from automem.errors import SpecError
from automem.loops.meta.proposer import Proposal
from automem.spec.issues import Issue
from automem.spec.source import Document, parse_document, read_document

D = TypeVar("D")


class Documents(Generic[D]):
    """What a proposer works from, read once.

    Arguments:
        read: reads them; raises SpecError with all issues at once.
    """

    def __init__(self, read: Callable[[], Sequence[D]]) -> None:
        self._read = read
        self._documents: Sequence[D] = ()

    async def check(self) -> None:
        """Read the documents.

        Raises:
            SpecError: one of them is wrong; all issues at once.
        """
        self._documents = self._read()

    async def documents(self) -> Sequence[D]:
        """The documents, read now where `check` has not."""
        if not self._documents:
            await self.check()
        return self._documents

    async def close(self) -> None:
        """Nothing is held."""


class Listed(Documents[Document]):
    """Gives each document of a list once, in order.

    Arguments:
        paths: the documents' files.
        noun: what one is called: `patch` or `recipe`.
        examine: says everything that is wrong with one by itself.
    """

    def __init__(self, paths: Sequence[Path], noun: str, examine: Callable[[Document], Iterable[Issue]]) -> None:
        super().__init__(lambda: _read(paths, examine))
        self._paths, self._noun = paths, noun

    @property
    def name(self) -> str:
        """The engine and the files: where one is added, the loop is gone on with."""
        return " ".join(("file", *(path.name for path in self._paths)))

    async def following(self, proposed: Iterable[str], unfit: Callable[[str], str]) -> Proposal:
        """The first document that has not been proposed and that fits.

        Arguments:
            proposed: the texts of all earlier proposals, whoever made them.
            unfit: why a text cannot be proposed now; empty where it can.
        """
        documents = await self.documents()
        seen = [self._content(text) for text in proposed]
        passed = []
        for document in documents:
            if document.plain() in seen:
                continue
            why = unfit(document.text)
            if not why:
                return Proposal(document.text, document.file)
            passed.append(f"{document.file} {why}")
        return Proposal(None, "; ".join([f"no further {self._noun} is listed", *passed]), exhausted=True)

    def _content(self, text: str) -> dict[str, Any]:
        try:
            return parse_document(text, self._noun, aliases=False).plain()
        except SpecError:  # of another proposer, refused at the time
            return {}


def _read(paths: Iterable[Path], examine: Callable[[Document], Iterable[Issue]]) -> list[Document]:
    issues: list[Issue] = []
    documents = []
    for path in paths:
        try:
            document = read_document(path, aliases=False)
            documents.append(document)
            issues += examine(document)
        except SpecError as error:
            issues += error.issues
    if issues:
        raise SpecError(issues)
    return documents
