"""Which contracts to begin with: the settings of the pilot screen, read from ``templates/pilots.yml`` or a copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from acmlib.contract.errors import refusal
from acmlib.contract.values import FrozenMap, Map, Model, Number, String, Whole
from acmlib.contract.yaml_reader import read_model

Criterion = Literal["people", "months_left", "repeats", "value", "clients", "harm", "data", "room", "equity"]
#: In the order in which reasons are given.
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
#: Answers of people about a criterion, in points; from 0 to `MOST`.
ANSWERS = {"low": 0.0, "no": 0.0, "some": 1.0, "medium": 2.0, "high": 3.0, "yes": 3.0}
MOST = 3
Cadence = Literal["monthly", "quarterly", "twice a year"]


class Tier(Model):
    """Contracts of a score, and how often to meet about them."""

    name: String
    from_: Number = Field(alias="from", ge=0, le=100)
    known: Whole = Field(default=0, ge=0, le=len(CRITERIA), description="criteria of which something is known")
    cadence: Cadence


class Words(Model):
    """Parts of titles and categories by which contracts are recognized."""

    people: tuple[String, ...] = ()
    goods: tuple[String, ...] = ()


class PilotScreen(Model):
    """Weights, limits and tiers of the pilot screen."""

    weights: Map[Criterion, Number]
    limits: Map[Criterion, tuple[Number, Number, Number]] = Field(default_factory=FrozenMap)
    shortest: Whole = Field(default=92, ge=0, description="days; shorter contracts are one-off purchases")
    tiers: tuple[Tier, ...] = Field(min_length=1)
    words: Words = Words()

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if any(weight < 0 for weight in self.weights.values()) or not any(self.weights.values()):
            raise refusal("weights are not negative, and one at least is above 0")
        lows = [tier.from_ for tier in self.tiers]
        if lows != sorted(lows, reverse=True) or lows[-1] != 0 or self.tiers[-1].known:
            raise refusal("list tiers from the highest score down; the last one is from 0, known 0")
        for name, three in self.limits.items():
            if list(three) != sorted(three):
                raise refusal("{name}: limits do not rise; give those for 1, 2 and 3 points", name=name)
        return self


def load_pilot_screen(path: Path) -> PilotScreen:
    """Read the settings of the pilot screen.

    Parameters
    ----------
    path : Path
        ``templates/pilots.yml`` or a copy of it.

    Raises
    ------
    ContractError
        With everything that is wrong in the file.
    """
    return read_model(path, PilotScreen, name=path.name)
