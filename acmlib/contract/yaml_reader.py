"""A restricted YAML reader: no anchors, no tags, no repeated keys; codes such as 007 and NO stay text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from acmlib.contract.errors import ContractError, described, line_of, located, shown

AnyModel = TypeVar("AnyModel", bound=BaseModel)

#: Files larger than this are not written by people.
MAX_BYTES = 1_000_000

#: Keys within keys deeper than this are a mistake or an attack.
MAX_DEPTH = 20

#: libyaml where it is there: about eight times faster.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)?\.[0-9]+([eE][-+]?[0-9]{1,3})?|[-+]?(0|[1-9][0-9]*)(\.[0-9]*)?[eE][-+]?[0-9]{1,3}|[-+]?[0-9]+\.")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER_SIGN = re.compile(r"\s+(#\d\S*)")


@dataclass
class Document:
    """What a YAML file says."""

    value: Any  #: Mappings, lists and scalars. Keys of mappings are texts always.
    #: Line of each key, by its path: ``metrics.placed_6m.better``; list items count from 0.
    lines: dict[str, int] = field(default_factory=dict)


def read_yaml(path: Path, *, name: str) -> Document:
    """Read a YAML file.

    Parameters
    ----------
    name
        What messages call it: its path from the root of the workspace.

    Raises
    ------
    ContractError
        If the file is missing, too large, not UTF-8, not YAML, nested too deep, repeats a key, or uses anchors, aliases or tags.
    """
    return parse_yaml(read_text(path, name=name), name=name)


def read_model(path: Path, model: type[AnyModel], *, name: str) -> AnyModel:
    """Read a YAML file into a model.

    Raises
    ------
    ContractError
        As `read_yaml`, and with everything that the model refuses.
    """
    document = read_yaml(path, name=name)
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        found = described(error, model)
        raise ContractError([located(name, key, problem, line_of(document.lines, key)) for key, problem in found]) from error


def read_text(path: Path, *, name: str, allowed: str = "write it, or copy the one of a sample contract") -> str:
    """Return the text of a file that people write.

    Raises
    ------
    ContractError
        If it is missing, unreadable, larger than `MAX_BYTES` or not UTF-8.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for without end
            raise ContractError([f"{name}: is no file but a folder, a pipe or a device; {allowed}"])
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ContractError([f"{name}: there is no such file; {allowed}"]) from None
    except OSError as error:
        raise ContractError([f"{name}: cannot be read ({error.strerror}); check that it is a file and who may read it"]) from None
    if len(content) > MAX_BYTES:
        raise ContractError([f"{name}: is larger than {MAX_BYTES:,} bytes; people write less, participants belong under data/"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ContractError([f"{name}: is not UTF-8 text; save it as UTF-8 (line {line})"]) from None


def parse_yaml(text: str, *, name: str) -> Document:
    r"""Read YAML from a text; see `read_yaml`.

    Examples
    --------
    >>> parse_yaml("recode: {NO: Norway, 007: Bond}\nstarts: 2026-05-31", name="x.yml").value
    {'recode': {'NO': 'Norway', '007': 'Bond'}, 'starts': datetime.date(2026, 5, 31)}
    """
    document = Document(None)
    try:
        events = _events(text, name)
        started = 0
        for event in events:
            started += isinstance(event, yaml.DocumentStartEvent)
            if started > 1:
                raise ContractError([_at(name, event, "starts a second document; keep one (no line with ---)")])
            if isinstance(event, yaml.NodeEvent):
                document.value = _value(event, events, "", 0, name, document.lines)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "an unexpected character"
        line = f" (line {mark.line + 1})" if mark else ""
        if "nesting depth" in problem:  # PyYAML itself has a limit since 6.0.4
            raise ContractError([f"{name}: is nested more than {MAX_DEPTH} deep; a contract is flatter{line}"]) from None
        raise ContractError([f"{name}: is not valid YAML: {problem}; check indents, colons and quotes{line}"]) from None
    return document


def _events(text: str, name: str) -> Iterator[Any]:
    """Yield the events of a YAML text; a text without quotes that ends at a number such as ``#12`` would lose what follows."""
    lines = text.split("\n")
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.ScalarEvent) and event.value and event.style in (None, ""):
            end = event.end_mark
            if end is not None and end.line < len(lines) and (cut := _NUMBER_SIGN.match(lines[end.line], end.column)):
                problem = f"'{event.value}' ends before '{cut[1]}', which begins a comment; put the text in quotes, or a space after the #"
                raise ContractError([_at(name, event, problem)])
        yield event


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _at(name: str, event: Any, problem: str) -> str:
    return f"{name}: {problem} (line {_line(event)})"


def _value(event: Any, events: Iterator[Any], path: str, depth: int, name: str, lines: dict[str, int]) -> Any:
    """Turn the event and those that belong to it into a value, noting where its keys stand."""
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        mark = "*" if isinstance(event, yaml.AliasEvent) else "&"
        raise ContractError(
            [_at(name, event, f"{path or 'the file'} uses '{mark}{event.anchor}'; write the values out, anchors are not allowed")]
        )
    if event.tag not in (None, "!", ""):
        raise ContractError([_at(name, event, f"{path or 'the file'} uses the tag '{event.tag}'; leave it out, tags are not allowed")])
    if depth > MAX_DEPTH:
        raise ContractError([_at(name, event, f"{path[:80]}... is nested more than {MAX_DEPTH} deep; a contract is flatter")])
    lines.setdefault(path, _line(event))
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event.value) if event.style in (None, "") else event.value
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_value(event, events, f"{path}.{len(items)}".lstrip("."), depth + 1, name, lines))
        return items
    found: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag not in (None, "!", "") or event.value == "<<":
            raise ContractError([_at(name, event, f"{path or 'the file'} has a key that is no plain text; use names as keys")])
        key = event.value
        at = f"{path}.{key}".lstrip(".")
        if key in found:
            raise ContractError([_at(name, event, f"{at} is given twice, first on line {lines[at]}; keep one of {shown(key)}")])
        lines[at] = _line(event)
        found[key] = _value(next(events), events, at, depth + 1, name, lines)
    return found


def _scalar(text: str) -> Any:
    """Read a plain scalar: only true and false are truth values, only ISO days are dates, and 007 is a code, not a number."""
    lowered = text.lower()
    if lowered in ("", "~", "null"):
        return None
    if lowered in ("true", "false"):
        return lowered == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _DATE.fullmatch(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            return text
    return text
