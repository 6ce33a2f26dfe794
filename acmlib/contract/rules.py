"""Rules of a contract's pages: what each edition may show (``privacy:``), and how everything is judged (``statistics:``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from acmlib.contract.values import Flag, FrozenMap, Map, Model, Name, Number, String, Text, Whole, Word

#: Settings of earlier versions, and what takes their place.
_GONE = {
    "unsuppressed_internal": "the internal edition always shows true counts: leave it out",
    "code_shares": "hidden shares are told by no code any more: leave it out",
    "least_values": "three values must be possible for every hidden count: leave it out",
}


#: Values of these that ask for nothing but what is so now: files that have them stay valid.
_AS_NOW = {"unsuppressed_internal": True, "code_shares": False, "least_values": 3}


class Privacy(Model):
    """Which cells each edition may show. The internal edition shows all of them.

    The provider edition shows true totals, and groups of at least `minimum_group` people; smaller ones are put together. With
    ``provider: public`` it follows the public rule instead. The public edition hides counts from 1 to `minimum_count` - 1, in numerator and
    complement, with whatever else it takes that nobody can work them out. With ``public: open`` it shows everything, and says `because`.
    A share of a small group that says the same of nearly everybody in it says it of each: with `extreme_share` at 0.05, shares below 5%
    and above 95% of groups of fewer than ``statistics.minimum_n`` people are hidden, none and all included.
    """

    provider: Literal["rule", "public"] = Field(default="rule", description="public: the provider edition follows the public rule")
    public: Literal["rule", "open"] = Field(default="rule", description="open: these data are public records; say why in `because`")
    because: Text | None = Field(default=None, description="why the data may be shown openly")
    minimum_group: Whole = Field(default=10, ge=1, le=1000, description="provider edition: smaller groups are put together")
    minimum_count: Whole = Field(default=11, ge=1, le=1000, description="public edition: smaller counts are hidden")
    show_zeros: Flag = True
    protect_complement: Flag = True
    extreme_share: Number = Field(default=0.05, ge=0, lt=0.5, description="0 shows extreme shares of small groups")
    hide_last: Map[Name, tuple[Word, ...]] = Field(
        default_factory=FrozenMap, description="dimension: [groups] that the public edition hides last, as those of agreed actions"
    )
    given_away: Text | None = Field(
        default=None, description="why new public editions are made though earlier ones gave a small count away, which stays known"
    )
    names: tuple[String, ...] = Field(default=(), description="names that may stand in no free text")

    @model_validator(mode="before")
    @classmethod
    def _nothing_old(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        given = {name: value for name, value in given.items() if name not in _AS_NOW or value != _AS_NOW[name]}
        for name in given:
            if name in _GONE:
                raise PydanticCustomError("old", "has {name}, a setting of an earlier version; {instead}",
                                          {"name": name, "instead": _GONE[name]})  # fmt: skip
        return given


class Statistics(Model):
    """Settings of every judgement; each is printed where it acts."""

    level: Number = Field(default=0.95, gt=0.5, lt=1)
    minimum_n: Whole = Field(default=30, ge=1)
    materiality: Number = Field(default=0.05, ge=0, le=1)
    power: Number = Field(default=0.8, gt=0, lt=1)
    comparator: String = Field(default="best", description="best-performing group with minimum_n, overall, rest, or the name of a group")
    control_chart_points: Whole = Field(default=13, ge=3)
    rolling_months: Whole = Field(default=12, ge=2, le=60)
