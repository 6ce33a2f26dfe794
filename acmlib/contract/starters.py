"""Starter sets: what contracts of a service usually measure, with benchmarks that were looked up. Read from ``templates/starters/``."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from acmlib.contract.errors import ContractError, choose, described
from acmlib.contract.model import Better, MetricKind
from acmlib.contract.values import Model, Name, Number, String, Text, Whole
from acmlib.contract.yaml_reader import read_yaml

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
            raise PydanticCustomError("order", "is open and has a figure; use one of the two")
        if self.open is None and any(part is None for part in parts):
            raise PydanticCustomError("order", "needs value, of, source, year and where, or open: where to look")
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
    document = read_yaml(root / place, name=place)
    try:
        return Starter.model_validate(document.value)
    except ValidationError as error:
        lines = document.lines
        raise ContractError(
            [f"{place}: {key} {message}" + (f" (line {lines[key]})" if key in lines else "") for key, message in described(error, Starter)]
        ) from error
