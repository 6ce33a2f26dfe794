"""Ids of metrics and dimensions in the metric table: made here, and taken apart here only.

A metric stands under its name (``placed``), its name at a time (``stayed@180d``), or as a step of the pathway (``stage:enrolled``: of those
who reached the step before; ``reached:enrolled``: of those who reached the first). A dimension stands under its name, as a pair
(``race_ethnicity x site``), or *alone or in combination*, where a person may be in several groups.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import pandas as pd

#: Dimension and group of everyone together.
ALL, ALL_PARTICIPANTS = "all", "All participants"
#: What a step of the pathway is a share of: those of the step before, or of the first.
Step: TypeAlias = Literal["", "stage", "reached"]
#: Between the names of two dimensions, and of two groups, that are crossed.
CROSS = " x "
#: After the name of a dimension in which one person may be in several groups.
IN_COMBINATION = " (alone or in combination)"

_ID = re.compile(r"(?:(stage|reached):(.*)|([^@]*)(?:@(\d+)d)?)", re.DOTALL)


@dataclass(frozen=True)
class MetricId:
    """Id of a metric in the metric table.

    Examples
    --------
    >>> str(MetricId("stayed", 180)), str(MetricId("enrolled", step="stage"))
    ('stayed@180d', 'stage:enrolled')
    """

    name: str  #: Name of a metric of the contract, or of a stage of its pathway.
    days: int | None = None  #: The time, where the id is of a metric at one of several.
    step: Step = ""  #: Empty for a metric of the contract.

    def __str__(self) -> str:
        return f"{self.step}:{self.name}" if self.step else self.name if self.days is None else f"{self.name}@{self.days}d"

    @property
    def key(self) -> str:
        """The key of `Contract.metrics`; of a step its whole id, which is no such key: a metric may have the name of a stage."""
        return str(self) if self.step else self.name

    @staticmethod
    def parse(text: object) -> MetricId:
        """Read an id.

        Examples
        --------
        >>> MetricId.parse("stayed@180d"), MetricId.parse("reached:placed").step, MetricId.parse("placed").days
        (MetricId(name='stayed', days=180, step=''), 'reached', None)
        """
        return _metric(str(text))


@functools.lru_cache(maxsize=4096)
def _metric(text: str) -> MetricId:
    found = _ID.fullmatch(text)
    if found is None:
        return MetricId(text)
    if found[1]:
        return MetricId(found[2], step="stage" if found[1] == "stage" else "reached")
    return MetricId(found[3], int(found[4]) if found[4] else None)


@dataclass(frozen=True)
class DimensionId:
    """Id of a dimension in the metric table.

    Examples
    --------
    >>> str(DimensionId(("race_ethnicity", "site"))), str(DimensionId(("race_ethnicity",), combined=True))
    ('race_ethnicity x site', 'race_ethnicity (alone or in combination)')
    """

    names: tuple[str, ...]  #: The dimension; both, if two are crossed.
    combined: bool = False  #: Groups hold everybody who named them, alone or with others.

    def __str__(self) -> str:
        return CROSS.join(self.names) + IN_COMBINATION * self.combined

    @property
    def crossed(self) -> bool:
        """Whether two dimensions are crossed."""
        return len(self.names) > 1

    @property
    def alone(self) -> str:
        """The dimension in which everybody is in one group."""
        return CROSS.join(self.names)

    @staticmethod
    def parse(text: object) -> DimensionId:
        """Read an id.

        Examples
        --------
        >>> DimensionId.parse("race_ethnicity x site").names, DimensionId.parse("race_ethnicity (alone or in combination)").combined
        (('race_ethnicity', 'site'), True)
        """
        return _dimension(str(text))

    def groups(self, group: str) -> tuple[str, ...]:
        """Return the two groups that a crossed group combines; the group itself if it is not crossed or cannot be split.

        Examples
        --------
        >>> DimensionId.parse("race_ethnicity x site").groups("White x Pier"), DimensionId.parse("site").groups("Pier x Mill")
        (('White', 'Pier'), ('Pier x Mill',))
        """
        parts = tuple(group.split(CROSS))
        return parts if self.crossed and len(parts) == len(self.names) else (group,)


@functools.lru_cache(maxsize=4096)
def _dimension(text: str) -> DimensionId:
    return DimensionId(tuple(text.removesuffix(IN_COMBINATION).split(CROSS)), text.endswith(IN_COMBINATION))


def pair(first: str, second: str) -> str:
    """Name of two dimensions, or of two groups, crossed.

    Examples
    --------
    >>> pair("race_ethnicity", "site")
    'race_ethnicity x site'
    """
    return f"{first}{CROSS}{second}"


def stage_ids(stages: pd.Series) -> pd.Series:
    """Return the metric id of each stage of a pathway, by its name.

    Examples
    --------
    >>> import pandas as pd
    >>> stage_ids(pd.Series(["referred", "enrolled"])).tolist()
    ['stage:referred', 'stage:enrolled']
    """
    return stages.map(lambda one: str(MetricId(str(one), step="stage"))).astype("str")
