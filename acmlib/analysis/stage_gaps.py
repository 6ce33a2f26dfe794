"""At which stage of the pathway a gap between groups opens: the gap at the end, as a sum over stages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from acmlib.analysis.equity.families import NOT_RECORDED, NotRecorded, is_known
from acmlib.contract.ids import MetricId
from acmlib.contract.model import Pathway
from acmlib.measures.arrays import Array
from acmlib.measures.intervals import newcombe
from acmlib.measures.table import ALL, NO_DATA, SHOWN, UNRELIABLE

#: A comparator needs this many people at entry (product rule; `Statistics.minimum_n`).
MINIMUM_N = 30
#: Gaps smaller than this are rounding: nothing opens.
ROUNDING = 1e-12

_FAMILY = ["period", "dimension"]
_OPENED = (
    "period", "dimension", "group", "comparator", "stage", "owner", "reached", "of", "conversion", "comparator_conversion",
    "difference", "difference_low", "difference_high", "final", "comparator_final", "final_gap", "contribution", "share", "opens",
    "equal_final", "equal_gap", "people", "status",
)  # fmt: skip


def shapley_of_product(group: Array, comparator: Array) -> Array:
    """Return how much each factor contributes to the difference of two products; the parts sum to it exactly.

    Parameters
    ----------
    group, comparator : arrays, (..., stages)
        Conversions, 0 to 1. NaN gives NaN.

    Returns
    -------
    array, (..., stages)
        In the units of the product. Antisymmetric: swapping the two changes only signs.

    Notes
    -----
    The mean effect of giving the group the comparator's factor, over all orders of doing so (L. S. Shapley 1953); for two factors it is the
    decomposition of Kitagawa (1955). Unlike a decomposition of logarithms it stands zeros. Computed without listing orders: the Shapley
    value of a product is the integral over t of its slope along the straight way between the two (G. Owen, Management Science 18 (1972)
    64-79), a polynomial that Gauss-Legendre nodes integrate exactly.

    Examples
    --------
    >>> shapley_of_product(np.array([0.5, 0.5]), np.array([1.0, 0.5])).tolist()
    [-0.25, 0.0]
    """
    step = group - comparator
    count = group.shape[-1]
    nodes, weights = np.polynomial.legendre.leggauss(max(1, (count + 1) // 2))
    parts = np.zeros(step.shape)
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        between = comparator + node * step
        # The product of all factors but one, without dividing: a factor may be zero.
        before = np.cumprod(np.concatenate([np.ones((*between.shape[:-1], 1)), between[..., :-1]], axis=-1), axis=-1)
        after = np.cumprod(np.concatenate([np.ones((*between.shape[:-1], 1)), between[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
        parts += weight * step * before * after
    return parts + 0.0  # no minus zero


def where_gap_opens(
    cells: pd.DataFrame,
    pathway: Pathway,
    *,
    comparators: Mapping[str, str] = MappingProxyType({}),
    minimum_n: int = MINIMUM_N,
    not_recorded: NotRecorded = NOT_RECORDED,
) -> pd.DataFrame:
    """Return how much of each group's gap at the end of the pathway opens at which stage, and whose stage that is.

    Parameters
    ----------
    cells : DataFrame
        Rows of the metric table; its ``stage:`` metrics are used, each period and dimension by itself.
    comparators : mapping of dimension to str
        The group that the others are compared with, where it may be one; else it is the group with the best result at the end.
    minimum_n : int
        People at entry that a comparator needs.
    not_recorded : sequence, or mapping of dimension to sequence
        Groups that are never the comparator: nobody knows who they are.

    Returns
    -------
    DataFrame
        A row a group and stage but the first: `period, dimension, group, comparator, stage, owner`; `reached, of, conversion,
        comparator_conversion`; their `difference` with Newcombe's `difference_low, difference_high`; `final, comparator_final, final_gap`
        (share of those entering who reach the last stage); `contribution` of this stage to the gap: they sum to it exactly; `share` of
        the gap (NaN if there is none; negative where the stage narrows it); `opens`, true for the stage with the largest part in the
        gap's direction; `equal_final, equal_gap` if only this stage were as for the comparator, and `people` more who would then reach
        the end; `status`. All numbers are NaN where a stage is hidden, immature or missing, or where there is no comparator. Where nobody
        is left, a later stage explains nothing and has no conversion.

    Examples
    --------
    >>> way = Pathway(
    ...     stages=[
    ...         {"stage": name, "owner": owner, "reached": "true"}
    ...         for name, owner in (("referred", "agency"), ("enrolled", "provider"), ("placed", "provider"))
    ...     ]
    ... )
    >>> cells = pd.DataFrame(
    ...     [
    ...         ("stage:referred", "A", 100, np.nan),
    ...         ("stage:enrolled", "A", 80, 100),
    ...         ("stage:placed", "A", 40, 80),
    ...         ("stage:referred", "B", 100, np.nan),
    ...         ("stage:enrolled", "B", 40, 100),
    ...         ("stage:placed", "B", 20, 40),
    ...     ],
    ...     columns=["metric", "group", "numerator", "denominator"],
    ... ).assign(period="term", dimension="race_ethnicity", status="shown")
    >>> opened = where_gap_opens(cells, way).query("group == 'B'")
    >>> opened[["stage", "owner", "share", "people", "opens"]].round(3).values.tolist()
    [['enrolled', 'provider', 1.0, 20.0, True], ['placed', 'provider', 0.0, 0.0, False]]
    """
    names = [one.stage for one in pathway.stages]
    own = cells[cells["metric"].isin([str(MetricId(name, step="stage")) for name in names[1:]]) & cells["dimension"].ne(ALL)]
    parts = []
    for (period, dimension), family in own.groupby(_FAMILY, sort=False):
        found = _opened(family, names, comparators.get(str(dimension)), minimum_n, not_recorded)
        parts.append(found.assign(period=str(period), dimension=str(dimension)))
    owners = {one.stage: one.owner for one in pathway.stages}
    if not parts:
        return pd.DataFrame(columns=list(_OPENED))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(owner=table["stage"].map(owners))[list(_OPENED)]


def _opened(family: pd.DataFrame, names: list[str], comparator: str | None, minimum_n: int, not_recorded: NotRecorded) -> pd.DataFrame:
    """Return the rows of one period and dimension."""
    wanted = [str(MetricId(name, step="stage")) for name in names[1:]]
    groups = list(dict.fromkeys(family["group"]))
    row, column = ({name: at for at, name in enumerate(names)} for names in (groups, wanted))
    at = [row[one] for one in family["group"]], [column[one] for one in family["metric"]]
    numerator, denominator = (np.full((len(groups), len(wanted)), np.nan) for _ in range(2))
    numerator[at], denominator[at] = (family[name].to_numpy(dtype=np.float64) for name in ("numerator", "denominator"))
    status = np.full(numerator.shape, NO_DATA, dtype=object)
    status[at] = family["status"].fillna(NO_DATA).to_numpy(dtype=object)
    _nobody_left(numerator, denominator, status)
    usable = np.isin(status.astype(str), (SHOWN, UNRELIABLE)).all(axis=1) & ~np.isnan(numerator).any(axis=1)
    numerator[~usable], denominator[~usable] = np.nan, np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        conversion = np.where(denominator > 0, numerator / denominator, np.nan)
    final = np.where(denominator[:, 0] > 0, numerator[:, -1] / denominator[:, 0], np.nan)
    known = is_known(family.drop_duplicates("group"), not_recorded).to_numpy()
    chosen = _comparator(comparator, groups, final, known & (denominator[:, 0] >= minimum_n))
    table = _parts(conversion, final, denominator[:, 0], chosen)
    low, high = _differences(numerator, denominator, chosen)
    rows = {
        "group": np.repeat(np.array(groups, dtype=object), len(wanted)), "stage": names[1:] * len(groups),
        "comparator": None if chosen is None else groups[chosen], "reached": numerator.ravel(), "of": denominator.ravel(),
        "conversion": conversion.ravel(), "difference_low": low.ravel(), "difference_high": high.ravel(),
        "status": status.ravel(), **{name: np.broadcast_to(column, conversion.shape).ravel() for name, column in table.items()},
    }  # fmt: skip
    return pd.DataFrame(rows)


def _nobody_left(numerator: Array, denominator: Array, status: NDArray[np.object_]) -> None:
    """Mark stages that nobody could reach as known: 0 of 0."""
    for at in range(1, numerator.shape[1]):
        empty = (status[:, at] == NO_DATA) & (numerator[:, at - 1] == 0) & np.isin(status[:, at - 1].astype(str), (SHOWN, UNRELIABLE))
        numerator[empty, at], denominator[empty, at], status[empty, at] = 0.0, 0.0, SHOWN


def _comparator(wanted: str | None, groups: list[str], final: Array, fit: NDArray[np.bool_]) -> int | None:
    """Return the place of the comparator among the groups: the one wanted if it is `fit` to be it, else the best; None if none is."""
    fit = fit & ~np.isnan(final)
    if wanted in groups and fit[groups.index(wanted)]:
        return groups.index(wanted)
    return int(np.argmax(np.where(fit, final, -1.0))) if fit.any() else None


def _differences(numerator: Array, denominator: Array, chosen: int | None) -> tuple[Array, Array]:
    """Return the limits of each stage's difference in conversion from the comparator."""
    if chosen is None:
        return np.full(numerator.shape, np.nan), np.full(numerator.shape, np.nan)
    x, n = (np.broadcast_to(array[chosen], array.shape) for array in (numerator, denominator))
    low, high = newcombe(numerator, denominator, x, n)
    return np.asarray(low), np.asarray(high)


def _parts(conversion: Array, final: Array, entered: Array, chosen: int | None) -> dict[str, Array]:
    """Return what each stage contributes, and what would be if it alone were equal."""
    other = conversion[chosen] if chosen is not None else np.full(conversion.shape[1], np.nan)
    # Nobody left to go on: whatever a later stage does, it took nobody from anyone. Its conversion stands in for "no difference here".
    base = np.where(np.isnan(other), 1.0, other) if chosen is not None and not np.isnan(final[chosen]) else other
    own = np.where(np.isnan(conversion) & ~np.isnan(final)[:, None], base, conversion)
    gap = (final - (final[chosen] if chosen is not None else np.nan))[:, None]
    contribution = shapley_of_product(own, np.broadcast_to(base, own.shape))
    share = 0.0 + np.divide(contribution, gap, out=np.full(own.shape, np.nan), where=np.abs(gap) > ROUNDING)
    largest = np.where(np.isnan(share), -np.inf, share).argmax(axis=1)[:, None] == np.arange(own.shape[1])
    equal = np.stack([np.prod(np.where(np.arange(own.shape[1]) == at, base, own), axis=1) for at in range(own.shape[1])], axis=1)
    return {
        "comparator_conversion": other, "difference": conversion - other, "final": final[:, None], "comparator_final": final[:, None] - gap,
        "final_gap": gap, "contribution": contribution, "share": share, "opens": largest & ~np.isnan(share), "equal_final": equal,
        "equal_gap": equal - final[:, None] + gap, "people": entered[:, None] * (equal - final[:, None]),
    }  # fmt: skip
