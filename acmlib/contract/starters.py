"""Starter sets: what contracts of a service usually measure, with benchmarks that were looked up. Read from ``templates/starters/``."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from acmlib.contract.errors import ContractError, choose, refusal
from acmlib.contract.model import Better, MetricKind
from acmlib.contract.values import Model, Name, Number, String, Text, Whole
from acmlib.contract.yaml_reader import read_model

#: Where starter sets are, from the root of a workspace.
STARTERS = Path("templates", "starters")
#: A set proposes so many measures at least.
FEWEST = 5


class StarterBenchmark(Model):
    """A figure with its source, or, where none was found, where to look for one."""

    value: Number | None = None
    of: Text | None = None
    source: String | None = None
    year: Whole | None = None
    where: String | None = None
    open: Text | None = Field(default=None, description="where to look, if no figure was found")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        parts = (self.value, self.of, self.source, self.year, self.where)
        if self.open is not None and any(part is not None for part in parts):
            raise refusal("is open and has a figure; use one of the two")
        if self.open is None and any(part is None for part in parts):
            raise refusal("needs value, of, source, year and where, or open: where to look")
        return self


class Measure(Model):
    """One measure of a starter set."""

    id: Name
    title: Text
    definition: Text
    kind: MetricKind
    better: Better = "higher"
    cuts: tuple[Text, ...] = Field(min_length=1)
    data: tuple[Text, ...] = Field(min_length=1)
    benchmark: StarterBenchmark


class Starter(Model):
    """The starter set of one service."""

    title: Text
    measures: tuple[Measure, ...] = Field(min_length=FEWEST)
    questions: tuple[Text, ...] = Field(min_length=1)
    survey: tuple[Text, ...] = Field(min_length=1)


def starter_names(root: Path) -> tuple[str, ...]:
    """Name the starter sets of a workspace."""
    return tuple(sorted(path.stem for path in (root / STARTERS).glob("*.yml")))


def load_starter(name: str, root: Path) -> Starter:
    """Read the starter set of a service.

    Parameters
    ----------
    name : str
        One of `starter_names`.

    Raises
    ------
    ContractError
        If there is no such set, or with everything that is wrong in its file.
    """
    if name not in starter_names(root):
        raise ContractError([f"{STARTERS.as_posix()}/{name}.yml: there is no such starter set; {choose(name, starter_names(root))}"])
    place = (STARTERS / f"{name}.yml").as_posix()
    return read_model(root / place, Starter, name=place)
