"""Where a gap opens, as far as released figures say: stages that are hidden for a group are taken together with the next one shown."""

from __future__ import annotations

import pandas as pd

from acmlib.analysis.equity.families import NotRecorded, is_known
from acmlib.analysis.stage_gaps import where_gap_opens
from acmlib.contract.model import Pathway
from acmlib.measures.table import SHOWN

REACHED = "reached:"


def visible_gap_opens(cells: pd.DataFrame, pathway: Pathway, *, minimum_n: float, not_recorded: NotRecorded) -> pd.DataFrame:
    """Return `where_gap_opens` for each group and a better one, over the stages that are shown for both.

    Nearly everybody passes some stages; the few who do not are then hidden, and with them the stage. What a reader may know is the way
    from the last stage shown to the next one shown, and that is what is compared.

    Parameters
    ----------
    cells : DataFrame
        Rows of the metric table as released; its ``reached:`` metrics of one period and dimension are used.
    pathway : Pathway
    minimum_n : float
        People at entry that a group and its comparator need.
    not_recorded : sequence, or mapping of dimension to sequence
        Groups that are never judged.

    Returns
    -------
    DataFrame
        As `where_gap_opens`, with `stages`: the names of the stages that each row takes together, and `comparator_reached` and
        `comparator_of`. The comparator is the better group with most stages shown, among these the best one. Groups whose result at
        the end is hidden are absent, and the best one; empty where nothing can be compared.

    Examples
    --------
    >>> way = Pathway(stages=[{"stage": name, "owner": "agency", "reached": "true"} for name in ("referred", "assessed", "placed")])
    >>> cells = pd.DataFrame(
    ...     {
    ...         "metric": ["reached:assessed", "reached:placed"] * 2,
    ...         "period": "term",
    ...         "dimension": "site",
    ...         "group": ["North", "North", "South", "South"],
    ...         "numerator": [None, 50.0, 90.0, 30.0],
    ...         "denominator": [None, 100.0, 100.0, 100.0],
    ...         "value": 0.0,
    ...         "low": 0.0,
    ...         "high": 0.0,
    ...         "status": ["hidden", "shown", "shown", "shown"],
    ...     }
    ... )
    >>> visible_gap_opens(cells, way, minimum_n=30, not_recorded=())[["group", "stages", "final_gap"]].values.tolist()
    [['South', ('assessed', 'placed'), -0.2]]
    """
    names = [stage.stage for stage in pathway.stages[1:]]
    own = cells[cells["metric"].isin([REACHED + name for name in names]) & cells["status"].eq(SHOWN) & cells["denominator"].ge(minimum_n)]
    own = own[is_known(own, not_recorded)].assign(stage=own["metric"].str.removeprefix(REACHED))
    final = own[own["stage"].eq(names[-1])].set_index("group")
    result = final["numerator"] / final["denominator"]
    shown = own.groupby("group")["stage"].agg(set)
    parts = []
    for group in final.index:
        # The best group, unless another better one lets more of the stages be seen.
        others = [(len(shown[group] & shown[one]), result[one], str(one)) for one in final.index if result[one] > result[group]]
        if others:
            parts.append(_pair(own, pathway, str(group), max(others)[2]))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _pair(own: pd.DataFrame, pathway: Pathway, group: str, best: str) -> pd.DataFrame:
    """Compare one group with the best one over the stages that are shown for both."""
    both = {one: own[own["group"].eq(one)].set_index("stage") for one in (group, best)}
    visible = [stage for stage in pathway.stages[1:] if all(stage.stage in rows.index for rows in both.values())]
    rows = []
    for one, reached in both.items():
        before = float(reached["denominator"].iloc[0])
        for stage in visible:
            after = float(reached["numerator"].loc[[stage.stage]].iloc[0])
            rows.append(("stage:" + stage.stage, one, after, before))
            before = after
    template = own.iloc[0]
    made = pd.DataFrame(rows, columns=["metric", "group", "numerator", "denominator"])
    made = made.assign(period=template["period"], dimension=template["dimension"], status=SHOWN)
    way = pathway.model_copy(update={"stages": (pathway.stages[0], *visible)})
    opened = where_gap_opens(made, way, comparator=best, minimum_n=0)
    names = [stage.stage for stage in pathway.stages]
    merged: dict[str, tuple[str, ...]] = {}
    start = 1
    for stage in visible:
        end = names.index(stage.stage) + 1
        merged[stage.stage] = tuple(names[start:end])
        start = end
    found = opened[opened["group"].eq(group)]
    other = made[made["group"].eq(best)].set_index("metric")
    steps = "stage:" + found["stage"]
    return found.assign(
        stages=found["stage"].map(merged),
        comparator_reached=steps.map(other["numerator"]),
        comparator_of=steps.map(other["denominator"]),
    )
