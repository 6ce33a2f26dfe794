"""Building blocks of every file that people write: frozen objects, strict scalars, texts in several languages."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Never, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StrictBool,
    StrictStr,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

K = TypeVar("K")
V = TypeVar("V")

#: Longest free text in a contract or record file; more is a document of its own.
MAX_TEXT = 10_000


#: Where the fixed words of pages stand, a file a language.
LANGUAGES = Path(__file__).parents[1] / "display" / "languages"


class FrozenMap(dict[K, V]):
    """A dictionary that cannot be changed after it was made; it can be hashed and pickled.

    Examples
    --------
    >>> given = FrozenMap({"race": "Race"})
    >>> given["race"]
    'Race'
    >>> given["age"] = "Age"
    Traceback (most recent call last):
    TypeError: this mapping is part of a contract and cannot be changed
    """

    def _refuse(self, *_: object, **__: object) -> Never:
        raise TypeError("this mapping is part of a contract and cannot be changed")

    __setitem__ = __delitem__ = update = setdefault = pop = popitem = clear = __ior__ = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[FrozenMap[K, V]], tuple[dict[K, V]]]:
        return type(self), (dict(self),)


#: A mapping that stays as it was loaded.
Map = Annotated[Mapping[K, V], AfterValidator(FrozenMap)]


def _date(given: Any) -> Any:
    """Accept dates and texts such as 2026-05-31; a whole number is no date (it would be read as seconds since 1970)."""
    if isinstance(given, dt.datetime):
        raise PydanticCustomError("no_date", "use a date without a time, as 2026-05-31")
    if isinstance(given, dt.date):
        return given
    if isinstance(given, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", given):
        try:
            return dt.date.fromisoformat(given)
        except ValueError:
            raise PydanticCustomError("no_date", "there is no such day in the calendar; use a date as 2026-05-31") from None
    raise PydanticCustomError("no_date", "use a date as 2026-05-31")


def _number(given: Any) -> Any:
    """Accept numbers; truth values and texts are none."""
    if percent := re.fullmatch(r"(\d+(?:\.\d+)?) ?%", str(given)):
        raise PydanticCustomError("no_number", "write a percentage as a share: {share}", {"share": f"{float(percent[1]) / 100:g}"})
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise PydanticCustomError("no_number", "use a number, without quotes")
    return float(given)


def _whole(given: Any) -> Any:
    if isinstance(given, bool) or not isinstance(given, int):
        raise PydanticCustomError("no_whole_number", "use a whole number, without quotes")
    return given


def _word(given: Any) -> Any:
    """Whole numbers and dates stand for themselves where a text is asked for: years, school numbers, codes."""
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    return given.isoformat() if type(given) is dt.date else given


def _days(given: Any) -> Any:
    """Turn ``183 days`` into 183 and ``2 weeks`` into 14; whole numbers pass."""
    if isinstance(given, str):
        number, _, unit = given.strip().partition(" ")
        if number.isdecimal() and unit in ("day", "days", "d"):
            return int(number)
        if number.isdecimal() and unit in ("week", "weeks"):
            return 7 * int(number)
    if isinstance(given, bool) or not isinstance(given, int):
        raise PydanticCustomError("no_days", "use a number of days, as 183, 183 days or 26 weeks")
    return given


def one_or_more(given: Any) -> Any:
    """Accept a single value as a list of one."""
    return given if given is None or isinstance(given, list | tuple) else [given]


Date = Annotated[dt.date, BeforeValidator(_date, json_schema_input_type=dt.date)]
Number = Annotated[float, BeforeValidator(_number, json_schema_input_type=float)]
Whole = Annotated[int, BeforeValidator(_whole, json_schema_input_type=int)]
Flag = StrictBool
String = Annotated[StrictStr, Field(max_length=MAX_TEXT)]
Word = Annotated[str, Field(max_length=500), BeforeValidator(_word, json_schema_input_type=str | int)]
Days = Annotated[int, Field(ge=0, le=3660), BeforeValidator(_days, json_schema_input_type=int | str)]

#: A name used as a key: in file names, the metric table and SQL aliases.
Name = Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]

#: The name of a contract: a folder under ``params/``, ``data/`` and ``outputs/``.
Identifier = Annotated[StrictStr, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")]


def _spoken(language: str) -> str:
    """Refuse a language that pages have no words in."""
    known = sorted(path.stem for path in LANGUAGES.glob("*.toml"))
    if language.partition("-")[0] not in known:
        raise PydanticCustomError(
            "no_language", "use {known}: these have a file in acmlib/display/languages", {"known": " or ".join(known)}
        )
    return language


#: A language, by its two letters.
Language = Annotated[StrictStr, Field(pattern=r"^[a-z]{2}$")]

#: A language that pages can be made in; a region may follow (en-GB): it changes spelling, numbers and dates.
PageLanguage = Annotated[StrictStr, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$"), AfterValidator(_spoken)]

#: A SQL expression over the columns of one table (checked by `acmlib.contract.expressions`).
Expression = Annotated[StrictStr, Field(min_length=1, max_length=2000)]


class Model(BaseModel):
    """Base of all contract models: frozen, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False, validate_default=True)


class Text(Model):
    """A label in one or more languages. In YAML either a plain text or ``{en: ..., es: ...}``.

    A plain text serves every language: names of places and providers need no translation.

    Examples
    --------
    >>> label = Text.model_validate({"en": "Placed in a job", "es": "Con empleo"})
    >>> str(label), label.in_language("es")
    ('Placed in a job', 'Con empleo')
    >>> Text.model_validate("Harbor Works").in_language("es")
    'Harbor Works'
    """

    translations: Map[str, String]

    @model_validator(mode="before")
    @classmethod
    def _from_yaml(cls, given: Any) -> Any:
        if isinstance(given, str):
            given = {"": given}
        if not isinstance(given, Mapping) or not given:
            raise PydanticCustomError("no_text", "use a text, or one text per language as {en: ..., es: ...}")
        if "translations" in given:
            return given
        for language, text in given.items():
            if not re.fullmatch(r"|[a-z]{2}", str(language)):
                raise PydanticCustomError(
                    "no_text", "a language is two letters, as {en: ..., es: ...}; put texts with a comma or colon in quotes"
                )
            if not isinstance(text, str) or not text.strip():
                raise PydanticCustomError("no_text", "write a text for every language that is named")
        return {"translations": dict(given)}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        plain = {"type": "string", "minLength": 1}
        return {"anyOf": [plain, {"type": "object", "additionalProperties": plain, "minProperties": 1}]}

    def in_language(self, language: str) -> str:
        """Return the label in `language` (its region left aside), else the untranslated one, else the English one, else the first."""
        for key in (language.partition("-")[0], "", "en"):
            if key in self.translations:
                return self.translations[key]
        return next(iter(self.translations.values()))

    def __str__(self) -> str:
        return self.in_language("en")


def _without_stop(text: Text) -> Text:
    return Text.model_validate(
        {language: re.sub(r"(?<=\s)([^\s.]+)\.$", r"\1", one.rstrip()) for language, one in text.translations.items()}
    )


#: What was promised, decided or checked, as it is put into sentences: its full stop is left out (that of *5 p.m.* is none).
Phrase = Annotated[Text, AfterValidator(_without_stop)]
