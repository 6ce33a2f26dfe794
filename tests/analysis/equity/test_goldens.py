"""Numbers that others published or computed (../shared/golden), row by row; counts of values compared are printed by `goldens`."""

import numpy as np
import pandas as pd
import pytest
from goldens import compare, folder, read

from acmlib.analysis.equity import adjust_p, four_fifths, slope_index, summary_measures


@pytest.mark.parametrize("method", ["holm", "BH", "bonferroni", "BY"])
def test_adjusted_p_values_are_those_of_r(shared, method):
    rows = read(shared, "a3")
    compare("a3", rows, adjust_p(rows["p"], method), tol=1e-9, value=method).check()


#: What WHO's HEAT calls our measures, and what it multiplies them by.
UNORDERED = {
    "d": ("difference", 1), "r": ("ratio", 1), "par": ("population_attributable_risk", 1), "paf": ("population_attributable_fraction", 100),
    "bgv": ("between_group_variance", 1), "bgsd": ("between_group_deviation", 1), "covar": ("coefficient_of_variation", 100),
    "ti": ("theil", 1000), "mld": ("mean_log_deviation", 1000),
    "mdmu": ("mean_difference_from_mean_unweighted", 1), "mdmw": ("mean_difference_from_mean", 1),
    "mdbu": ("mean_difference_from_best_unweighted", 1), "mdbw": ("mean_difference_from_best", 1),
    "mdru": ("mean_difference_from_reference_unweighted", 1), "mdrw": ("mean_difference_from_reference", 1),
    "idisu": ("index_of_disparity_unweighted", 100), "idisw": ("index_of_disparity", 100),
}  # fmt: skip
ORDERED = UNORDERED | {
    "sii_linear": ("slope_index", 1), "rii_linear": ("relative_index", 1), "aci": ("concentration", 1),
    "rci": ("relative_concentration", 1),
}  # fmt: skip
QUANTITIES = {"estimate": "value", "se": "standard_error", "lower": "low", "upper": "high"}


def _summaries(rows, cases, names, **more):
    tables = {}
    for case, groups in cases.groupby("case_id"):
        reference = np.flatnonzero(groups["ref"] == 1) if "ref" in groups else []
        tables[case] = summary_measures(
            groups["est"], groups["pop"], standard_error=groups["se"], better="higher" if groups["fav"].iloc[0] else "lower",
            unit=groups["scale"].iloc[0], reference=int(reference[0]) if len(reference) else None, **more,
        ).set_index("measure")  # fmt: skip
    return [tables[row.case_id].loc[names[row.measure][0], QUANTITIES[row.quantity]] * names[row.measure][1] for row in rows.itertuples()]


def test_summary_measures_are_those_of_the_world_health_organization(shared):
    rows = read(shared, "c1")
    compare("c1", rows, _summaries(rows, read(shared, "c1", "input.csv"), UNORDERED)).check()


def test_summary_measures_of_ordered_groups(shared):
    # The peer rounds people up to whole ones before it fits slopes (SOURCE.md); everything else takes them as they are.
    rows, cases = read(shared, "c2"), read(shared, "c2", "input.csv").sort_values(["case_id", "order"])
    slopes = rows["measure"].str.startswith(("sii", "rii"))
    plain, rounded = rows[~slopes].reset_index(drop=True), rows[slopes].reset_index(drop=True)
    compare("c2", plain, _summaries(plain, cases, ORDERED, ordered=True)).check()
    whole = cases.assign(pop=np.ceil(cases["pop"]))
    compare("c2", rounded, _summaries(rounded, whole, ORDERED, ordered=True)).check()


def _slopes(cases):
    found = {}
    for case, rows in cases.sort_values(["case_id", "quantile"]).groupby("case_id"):
        value_type, transform = rows["value_type"].iloc[0], bool(rows["transform"].iloc[0])
        scale = {1: "log", 2: "logit"}[value_type] if transform else "linear"
        # Errors of rates and proportions are given on the scale of the logarithm and of the logit.
        y = rows["value"]
        error = rows["standarderror"] * {0: 1, 1: y, 2: y * (1 - y)}[value_type]
        table = slope_index(y, rows["population"], standard_error=error, scale=scale).set_index("measure")
        for ours, theirs in (("slope_index", "sii"), ("relative_index", "rii")):
            found[case, theirs] = table.loc[ours, "value"]
            found[case, f"{theirs}_lowercl"], found[case, f"{theirs}_uppercl"] = table.loc[ours, "low"], table.loc[ours, "high"]
        found[case, "intercept"] = table.loc["intercept", "value"]
    return found


def test_slope_index_is_that_of_public_health_england(shared):
    rows, found = read(shared, "c3"), _slopes(read(shared, "c3", "input.csv"))
    compare("c3", rows, [found[row.case_id, row.quantity] for row in rows.itertuples()]).check()


def test_limits_of_the_slope_index_agree_with_the_simulated_ones(shared):
    # Simulated by the peer with 100,000 draws; abs_tol is 2% of the number, the peer's own tests allow 5%.
    rows, found = pd.read_csv(folder(shared, "c3") / "expected.csv"), _slopes(read(shared, "c3", "input.csv"))
    simulated = rows[rows["trust"] != "ok"]
    got = np.array([found[row.case_id, row.quantity] for row in simulated.itertuples()])
    assert len(simulated) == 40
    assert (np.abs(got - simulated["value"]) <= 2.5 * simulated["abs_tol"]).all()


def test_four_fifths_rule_at_exactly_four_fifths(shared):
    rows = read(shared, "g3")
    cases = read(shared, "g3", "input.csv").set_index("group")
    found = four_fifths(cases["selected"], cases["n"]).loc[rows["group"]]
    compare("g3", rows, found["impact_ratio"], value="impact_ratio").check()
    compare("g3", rows, found["indicated"].astype(int), value="adverse_impact_indicated").check()
