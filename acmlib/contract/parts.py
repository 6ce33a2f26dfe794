"""Small values that several files beside a contract share: parties, months, whole numbers and amounts of CSV files."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from acmlib.contract.errors import refusal
from acmlib.contract.values import Number, Whole, Word

#: Who owes or promises something.
Party = Literal["agency", "provider"]

#: A calendar month.
Month = Annotated[Word, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


def _number_of_text(given: Any) -> Any:
    """Turn digits from a CSV file, where everything is text, into a number; leave anything else to be refused."""
    if isinstance(given, str) and re.fullmatch(r"\d+(\.\d+)?", given):
        return float(given) if "." in given else int(given)
    return given


def _amount(given: Any) -> Any:
    found = _number_of_text(given)
    if isinstance(found, str):
        raise PydanticCustomError("no_amount", "use a number as 12500 or 12500.50, without currency, commas or minus")
    return found


#: A number of people or things in a CSV file.
Count = Annotated[Whole, BeforeValidator(_number_of_text)]

#: An amount of money in a CSV file, without the sign of a currency and without commas.
Amount = Annotated[Number, BeforeValidator(_amount)]


def refuse_days_before(day: dt.date, event: str, record: Any, *names: str, has: str = "has") -> None:
    """Refuse days of a record that lie before the day of an event that comes first.

    Parameters
    ----------
    event : str
        What happened on `day`, as messages say it: *it was agreed*.
    has : str
        How the message begins, after the name of the file or row.
    """
    for name in names:
        given = getattr(record, name)
        if given is not None and given < day:
            raise refusal("{has} {field} {given}, before {event}; use a day after it", has=has, field=name, given=str(given), event=event)


def check_subject(promised: Any, has: str = "has") -> None:
    """Refuse a promise about a group of no dimension, or about an expected direction or dimension of no metric.

    Parameters
    ----------
    has : str
        How the message begins, after the name of the file or row.
    """
    for given, needed in (("group", "dimension"), ("dimension", "metric"), ("expected", "metric"), ("seen_by", "metric")):
        if getattr(promised, given) is not None and getattr(promised, needed) is None:
            raise refusal("{has} {given} and no {needed}; give both, or neither", has=has, given=given, needed=needed)
