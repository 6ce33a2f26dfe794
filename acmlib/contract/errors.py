"""Messages about what people wrote: *where: what was given; what is allowed*, all of a file at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, LiteralString, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

#: Kind of a `refusal`: its message says what is wrong without repeating all that was given.
REFUSED: LiteralString = "refused"

#: Longest piece of what was given that a message repeats.
SHOWN = 60

#: What to write instead, by the kind of pydantic's complaint. ``{...}`` are filled from the complaint's context.
_ADVICE: Mapping[str, str] = {
    "string_type": "use a text; put it in quotes if it looks like a number, a date, true or false",
    "bool_type": "use true or false",
    "model_type": "use keys with values below it",
    "model_attributes_type": "use keys with values below it",
    "dict_type": "use keys with values below it",
    "mapping_type": "use keys with values below it",
    "tuple_type": "use a list, as [one, two]",
    "list_type": "use a list, as [one, two]",
    "too_short": "give at least {min_length}",
    "too_long": "give at most {max_length}",
    "string_too_short": "write at least {min_length} characters",
    "string_too_long": "write at most {max_length} characters",
    "greater_than": "use a number above {gt}",
    "greater_than_equal": "use a number of at least {ge}",
    "less_than": "use a number below {lt}",
    "less_than_equal": "use a number of at most {le}",
}

#: What texts of a certain form are allowed to look like.
_PATTERNS: Mapping[str, str] = {
    r"^[a-z][a-z0-9_]{0,59}$": "use lower-case letters, digits and _, a letter first, at most 60",
    r"^[a-z0-9][a-z0-9_-]{0,79}$": "use lower-case letters, digits, - and _, at most 80: it names folders",
    r"^[A-Z]{3}$": "use three capital letters, as USD",
    r"^[BC]\d{5}[A-Z]?$": "use the id of a table of the American Community Survey, as B03002",
    r"^[a-z]{2}$": "use the two letters of a language, as en",
    r"^[a-z]{2}(-[A-Z]{2})?$": "use the two letters of a language, as en, or with a country, as es-MX",
    r"^newest by .+": "use newest by and a column, as newest by modified",
    r"^\d{4}-(0[1-9]|1[0-2])$": "use a month as 2026-05",
    r"^([01]\d|2[0-3]):[0-5]\d$": "use a time as 14:30, in quotes",
}


class ContractError(ValueError):
    """What is wrong with the files that people wrote, every error at once.

    Attributes
    ----------
    errors : tuple of str
        One message each: file, key, what was given, what is allowed, and the line.

    Examples
    --------
    >>> str(ContractError(["params/a/contract.yml: contract.ends is missing; use a date as 2026-05-31"]))
    'params/a/contract.yml: contract.ends is missing; use a date as 2026-05-31'
    """

    def __init__(self, errors: Iterable[str]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(self.errors))

    def __reduce__(self) -> tuple[type[ContractError], tuple[tuple[str, ...]]]:
        return type(self), (self.errors,)


def refusal(message: LiteralString, **given: object) -> PydanticCustomError:
    """Return the error by which a model refuses values that contradict each other; `message` has the names of `given` in braces.

    Examples
    --------
    >>> str(refusal("has the rating {given}; use {labels}", given=7, labels="1 to 5"))
    'has the rating 7; use 1 to 5'
    """
    return PydanticCustomError(REFUSED, message, given or None)


def line_of(lines: Mapping[str, int], key: str) -> int:
    """Return the line on which a key of a file stands, or the innermost key around it; 0 if neither is known.

    Examples
    --------
    >>> line_of({"metrics": 4, "metrics.placed": 7}, "metrics.placed.better")
    7
    """
    parts = key.split(".")
    return next((lines[at] for n in range(len(parts), 0, -1) if (at := ".".join(parts[:n])) in lines), 0)


def located(name: str, key: str, problem: str, line: int) -> str:
    """Return the message that `problem` is what is wrong at `key` of a file, with its line if it is known (not 0)."""
    return f"{name}: {key} {problem}" + (f" (line {line})" if line else "")


def one_of(choices: Sequence[str]) -> str:
    """Return choices as words: ``higher, lower or neither``.

    Examples
    --------
    >>> one_of(["higher", "lower", "neither"]), one_of(["term"])
    ('higher, lower or neither', 'term')
    """
    return f"{', '.join(choices[:-1])} or {choices[-1]}" if len(choices) > 1 else "".join(choices)


def choose(given: str, choices: Iterable[str], *, most: int = 12) -> str:
    """Return the advice to use one of `choices`, the one nearest to what was given first.

    Examples
    --------
    >>> choose("placd_on", ["placed_on", "exited_on"])
    "did you mean 'placed_on'? allowed are placed_on, exited_on"
    """
    allowed = list(choices)
    if not allowed:
        return "none are allowed"
    folded = {choice.casefold(): choice for choice in reversed(allowed)}
    near = difflib.get_close_matches(given.casefold(), folded, n=1, cutoff=0.6)
    listed = ", ".join(allowed[:most]) + (f" and {len(allowed) - most} more" if len(allowed) > most else "")
    return (f"did you mean '{folded[near[0]]}'? " if near else "") + f"allowed are {listed}"


def shown(given: Any) -> str:
    """Return what was given, short enough for a message, on one line."""
    text = (
        "nothing"
        if given is None
        else "a list"
        if isinstance(given, list | tuple)
        else "keys with values"
        if isinstance(given, dict)
        else ""
    )
    if text:
        return text
    text = " ".join(str(given).lower().split() if isinstance(given, bool) else str(given).split())
    text = text if len(text) <= SHOWN else text[:SHOWN] + "..."
    return f"'{text}'" if not isinstance(given, bool | int | float) else text


def described(error: ValidationError, model: type[BaseModel]) -> list[tuple[str, str]]:
    """Return (key, message) for each complaint of pydantic about values for `model`.

    A key is the path as people see it in the file, ``metrics.placed_6m.better``.
    """
    found: dict[str, str] = {}
    for complaint in error.errors(include_url=False):
        path = _path(complaint["loc"])
        kind, given, context = complaint["type"], complaint["input"], complaint.get("ctx", {})
        if kind == "extra_forbidden":
            message = f"is not a known key; {choose(path.rpartition('.')[2], _keys(model, complaint['loc'][:-1]))}"
        elif kind == "missing":
            message = f"is missing; give {_missing(model, complaint['loc'])}"
        elif kind == "literal_error":
            choices = [part.strip("' ") for part in context["expected"].replace(" or ", ", ").split(", ")]
            message = f"is {shown(given)}; use {one_of(choices)}"
        elif kind == "string_pattern_mismatch":
            message = f"is {shown(given)}; {_PATTERNS.get(context['pattern'], context['pattern'])}"
        elif kind == REFUSED:
            message = complaint["msg"]
        elif kind in _ADVICE:
            message = f"is {shown(given)}; {_ADVICE[kind].format(**context)}"
        else:
            message = f"is {shown(given)}; {complaint['msg']}"
        # A value that may be one of several things is complained about once for each of them: say it once.
        found.setdefault(path or "the file", message)
    return list(found.items())


def _path(location: Sequence[int | str]) -> str:
    """Leave out of pydantic's location what is not in the file: names of models and validators in unions."""
    parts: list[str] = []
    for part in location:
        text = str(part)
        if text == "[key]" or (isinstance(part, str) and ((text[:1].isupper() and text.isidentifier()) or "[" in text)):
            continue
        if text in ("date", "int", "str", "float", "constrained-str") and parts and parts[-1] in ("date", "by"):
            continue
        parts.append(text)
    return ".".join(parts)


def _model_at(model: type[BaseModel], location: Sequence[int | str]) -> type[BaseModel] | None:
    """Return the model that describes the keys at `location`."""
    at: Any = model
    for part in location:
        if isinstance(at, type) and issubclass(at, BaseModel):
            field = next((f for name, f in at.model_fields.items() if part in (f.alias, name)), None)
            if field is None:
                continue
            at = field.annotation
        else:
            models = _models_in(at)
            named = [m for m in models if m.__name__ == part]
            mapping = get_origin(at) is not None and get_origin(at) is not Literal
            if not models:
                return None
            at = named[0] if named else models[0] if mapping else at
    models = _models_in(at)
    return models[0] if models else None


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """Return the models that an annotation mentions, outermost first."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for argument in get_args(annotation) for found in _models_in(argument)]


def _keys(model: type[BaseModel], location: Sequence[int | str]) -> list[str]:
    """Return the keys that may stand at `location`."""
    at = _model_at(model, location)
    return [field.alias or name for name, field in at.model_fields.items() if name != "id" or at is not model] if at else []


def _missing(model: type[BaseModel], location: Sequence[int | str]) -> str:
    """Return what a missing key is for, in the words of its model if it has any."""
    at = _model_at(model, location[:-1])
    name = str(location[-1])
    field = next((f for key, f in at.model_fields.items() if name in (f.alias, key)), None) if at else None
    return field.description if field and field.description else "it a value"
