"""What expressions and templates refer to: names that are not there, and sections that never change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields

from automem.memory.file import FileView
from automem.spec.issues import Issue, Severity, near
from automem.spec.language import LanguageError, compile_expression, compile_regex, compile_template
from automem.spec.names import SCOPES, STATIC
from automem.spec.scaffold import Phase, PromptSection, Scaffold
from automem.spec.source import Document
from automem.spec.texts import Text

FIELDS: dict[str, tuple[str, ...]] = {
    "env": ("name", "task", "actions", "default_action", "max_steps", "facts"),
    "memory": ("files",),
    "op": ("tag", "usage", "about", "verb", "args", "text", "file"),
    "file": tuple(field.name for field in fields(FileView)),
}
"""Names whose members are always the same."""


def check_texts(
    found: Iterable[Text], scaffold: Scaffold, document: Document, *, members: bool = True
) -> Iterator[Issue]:
    """Compile every text, and look up every name it uses; what stands below a name only where `members` says so."""
    spaces = {
        "obs": set(scaffold.observe),
        "state": set(scaffold.state),
        "notices": set(scaffold.notices),
        "loaded": set(scaffold.autoload),
        "tables": set(scaffold.tables),
        **{name: set(members) for name, members in FIELDS.items()},
    }
    if not scaffold.memory.create.allowed:
        spaces["files"] = set(scaffold.memory.files)
    for text in found:
        try:
            references = references_of(text)
        except LanguageError as error:
            line = f"line {error.line}: " if error.line is not None and "\n" in text.source.strip() else ""
            yield placed(document, text, scaffold, f"{line}{error}")
            continue
        for reference in sorted(references):
            problem = _problem(reference, text, spaces if members else {}, list(scaffold.observe))
            if problem:
                yield placed(document, text, scaffold, problem)


def references_of(text: Text) -> frozenset[tuple[str, ...]]:
    """Every name a text uses, with its constant path, such as `("obs", "grid", "seen")`.

    Raises:
        LanguageError: it is not in the language.
    """
    if text.sort == "regex":
        compile_regex(text.source)
        return frozenset()
    compiled = compile_template(text.source) if text.sort == "template" else compile_expression(text.source)
    return compiled.references


def placed(document: Document, text: Text, scaffold: Scaffold, message: str, severity: Severity = "error") -> Issue:
    """An issue in the template where that is the scaffold's own, else where the text is used."""
    if text.named in scaffold.templates:
        return document.issue(("templates", text.named), message, severity=severity)
    where = f"template {text.named!r}: " if text.named else ""
    return document.issue(text.path, where + message, severity=severity)


def _problem(reference: tuple[str, ...], text: Text, spaces: Mapping[str, set[str]], observed: list[str]) -> str | None:
    """What is wrong with one name, in words, or nothing."""
    scope = SCOPES[text.scope]
    name = reference[0]
    if name not in scope.names:
        return f"{name!r} is not known in {scope.title}{near(name, scope.names) or _elsewhere(name, spaces)}"
    if len(reference) == 1 or name not in spaces:
        return None
    member = reference[1]
    if member not in spaces[name]:
        known = spaces[name]
        spelled = f"{name}.{member}" if member.isidentifier() else f"{name}[{member!r}]"
        return f"{spelled} is not declared{near(member, known)}"
    if text.path[0] == "observe" and name == "obs" and member in observed[observed.index(str(text.path[1])) :]:
        return f"obs.{member} is extracted later; move it up"
    return None


def _elsewhere(name: str, spaces: Mapping[str, set[str]]) -> str:
    """The hint for a variable whose namespace was left out."""
    for space, names in spaces.items():
        if name in names:
            return f" (did you mean {space}.{name}?)"
    return ""


def stable_sections(phase: Phase, templates: Mapping[str, str]) -> dict[str, bool]:
    """Section name → whether its text is the same at every step of an episode, in prompt order."""
    return {name: _is_stable(section, templates) for name, section in phase.sections.items()}


def shows(phase: Phase, templates: Mapping[str, str], name: str) -> bool:
    """Whether a section of the phase uses `name`, as far as can be said."""
    return any((names := _names(section, templates)) is None or name in names for section in phase.sections.values())


def _is_stable(section: PromptSection, templates: Mapping[str, str]) -> bool:
    names = _names(section, templates)
    return names is not None and names <= STATIC.keys()


def _names(section: PromptSection, templates: Mapping[str, str]) -> set[str] | None:
    """The names that a section uses; none where its text is not there or not in the language."""
    source = section.text if section.text is not None else templates.get(section.template or "")
    if source is None:
        return None
    try:
        references = compile_template(source).references | compile_expression(section.when).references
    except LanguageError:
        return None
    return {reference[0] for reference in references}
