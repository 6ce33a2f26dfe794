"""Numbers that others published or computed (../shared/golden), row by row; counts of values compared are printed by `goldens`."""

import numpy as np
import pandas as pd
import pytest
from goldens import compare, folder, read

from acmlib.analysis.equity import adjust_p, composition, four_fifths, risk_ratio, share_gap, slope_index, summary_measures


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


def _education(cases):
    """Every quantity of the education field's worked examples, by (example, group, quantity)."""
    found = {}
    for example, rows in cases.groupby("example"):
        here, state = (rows[rows["level"] == level].set_index("group") for level in ("district", "state"))
        x, n = here["count"], here["population"]
        # Table 4 counts removals per child: an average below one, in no unit of percent.
        percent = 1 if example % 10 == 4 else 100
        more = {}
        if len(state):
            more = {"alternate_x": state["count"].sum() - state["count"], "alternate_n": state["population"].sum() - state["population"]}
            more = {name: column.reindex(here.index).to_numpy() for name, column in more.items()} if state["count"].notna().all() else {}
            if state["population"].notna().all():
                more["weights"] = state["population"].reindex(here.index).to_numpy()
        screen = risk_ratio(x, n, **more)
        parts = composition(x, n)
        columns = {
            "risk": screen["risk"] * percent, "risk_others": screen["comparison_risk"] * percent, "risk_ratio": screen["risk_ratio"],
            "risk_difference": screen["risk_difference"], "alternate_risk_ratio": screen["alternate_risk_ratio"],
            "weighted_risk_ratio": screen["weighted_risk_ratio"], "composition_pct": parts["composition"] * 100,
            "population_pct": parts["population_share"] * 100, "difference_in_composition_pp": parts["difference"] * 100,
            "relative_difference_pct": parts["relative_difference"] * 100, "e_formula_upper_bound_pct": parts["e_formula_upper"] * 100,
        }  # fmt: skip
        found |= {(example, group, name): column[group] for name, column in columns.items() for group in here.index}
    return found


def test_risk_ratios_and_composition_of_the_education_field(shared):
    rows, cases = read(shared, "g4"), read(shared, "g4", "input.csv")
    # Intermediate columns of the peer's tables that are no result of ours.
    rows = rows[~rows["quantity"].isin(["state_risk_others", "weighted_risk", "weighted_risk_others"])].reset_index(drop=True)
    found = _education(cases)
    compare("g4", rows, [found[row.example, row.group, row.quantity] for row in rows.itertuples()]).check()


def test_gap_to_a_census_share_and_the_map_tools_own_flag(shared):
    rows, cases = read(shared, "g5"), read(shared, "g5", "input.csv")
    numbers = [cases[column] for column in ("data_value", "data_value_sd", "summary_value", "summary_value_margin")]
    peer = share_gap(*numbers, margin_is_standard_error=True)
    compare("g5", rows, peer["gap"], value="difference_pp").check()
    compare("g5", rows, peer["excludes_zero"].astype(int), value="sig_diff").check()
    # A 90% margin is 1.645 standard errors: ours flags whatever theirs flags, and more.
    assert (share_gap(*numbers)["excludes_zero"] >= peer["excludes_zero"]).all()


def test_risk_ratios_at_the_edges(shared):
    rows = read(shared, "j2")
    cases = read(shared, "j2", "input.csv").set_index("case_id").loc[rows["case_id"]]
    found = risk_ratio(
        cases["count"], cases["population"], comparison_x=cases["comparison_count"].to_numpy(),
        comparison_n=cases["comparison_population"].to_numpy(), alternate_x=cases["state_count"].to_numpy(),
        alternate_n=cases["state_population"].to_numpy(), minimum_cell=0, minimum_n=10,
    )  # fmt: skip
    compare("j2", rows, found["risk_ratio"], value="risk_ratio", tol=1e-8).check()
    compare("j2", rows, found["alternate_risk_ratio"], value="alternate_risk_ratio").check()
    compare("j2", rows, found["flag"], value="flag").check()
