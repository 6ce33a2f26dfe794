"""Hold the claims of a page against the truth: the metric table and the verdicts before anything was hidden or left out."""

import json
import math
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from acmlib.analysis.assessment import assess
from acmlib.contract.load import load_contract
from acmlib.contract.periods import report_period
from acmlib.contract.promises import known_records
from acmlib.contract.record_files import load_records
from acmlib.display.claims import Claim, claims_of
from acmlib.display.comparisons import is_behind
from acmlib.display.objects import Display
from acmlib.display.report import Report
from acmlib.display.sections.topic import actions_on
from acmlib.intake import read_population
from acmlib.intake.build.sources import open_tables
from acmlib.measures.counting import count
from acmlib.measures.intervals import newcombe
from acmlib.measures.table import OTHER_GROUPS

NEAR = 1e-9
#: Years of a contract's people that a number of further participants may ask for.
YEARS = 2


@dataclass(frozen=True)
class Truth:
    """What is true of a contract and period, whatever an edition shows."""

    contract: object
    records: object
    table: pd.DataFrame
    views: dict

    @cached_property
    def cells(self):
        """The metric table by its keys."""
        rows = self.table.drop_duplicates(["metric", "period", "dimension", "group"])
        return rows.set_index(["metric", "period", "dimension", "group"])[["numerator", "denominator", "value"]].to_dict("index")


def truth_of(name, root, period=None, counted=None):
    """Count a contract's data (unless they were counted) and reach every verdict on them, without a release."""
    contract = load_contract(name, root=root)
    reported = report_period(contract, period)
    records = known_records(load_records(name, root, contract=contract), contract, reported)
    if counted is None:
        with open_tables(contract, root=root, period=reported) as tables:
            counted = count(contract, tables)
    table = counted.table
    populations = {one: read_population(contract, one, root=root) for one, d in contract.dimensions.items() if d.population is not None}
    views = {view: assess(table, contract, records, populations, reported, view=view) for view in ("rolling", "years")}
    return Truth(contract, records, table, views)


def false_claims(shown, report: Report, truth: Truth):
    """Return (claim, why it is false) for every claim of the display objects that does not hold."""
    judge = Judge(report, truth)
    return [(claim, why) for claim in dict.fromkeys(claims_of(shown)) if (why := judge.why_false(claim))]


class Judge:
    """One report against the truth."""

    def __init__(self, report, truth):
        self.report, self.truth = report, truth
        self.view = truth.views["years" if report.release.edition == "public" else "rolling"]
        shown = report.release.handed_out
        keep = shown["status"].ne("hidden")
        keys = ["metric", "period", "dimension", "group"]
        self.shown = set(map(tuple, shown.loc[keep, keys].astype("str").to_numpy()))
        #: What has a figure: of too few people the counts are shown, and no percentage.
        self.figures = set(map(tuple, shown.loc[keep & shown["value"].notna(), keys].astype("str").to_numpy()))

    def why_false(self, claim: Claim) -> str:
        """Return why a claim does not hold; empty if it does."""
        return getattr(self, f"_{claim.kind}")(claim)

    # ------------------------------------------------------------------------------------------------------------ numbers

    def _value(self, claim, group, expected, period=None):
        if group == OTHER_GROUPS or math.isnan(expected):
            return ""
        dimension = "all" if group in ("overall", "All participants") else claim.dimension
        name = "All participants" if dimension == "all" else group
        cell = self.truth.cells.get((claim.metric, period or claim.period, dimension, name))
        if cell is None:
            return f"no cell of {group} in {period or claim.period}"
        known = [cell["value"]] if not math.isnan(cell["value"]) else [cell["numerator"]]
        return "" if any(abs(one - expected) < NEAR for one in known) else f"{group} is {known[0]}, said {expected}"

    def _result(self, claim):
        return self._value(claim, claim.groups[0] if claim.groups else "All participants", claim.number("value"))

    # --------------------------------------------------------------------------------------------------------------- gaps

    def _frames(self, claim):
        """Return the frames in which a verdict stands: under the contract's comparator, or under others where the sentence names them."""
        others = claim.comparator in ("target", "rest", "overall") or claim.about in ("holds", "depends", "any comparator")
        main = [self.view.gaps, self.view.term_gaps]
        frames = [self.view.gaps_to_target, self.view.by_comparator, *main] if others else main
        return [one[one["period"].eq(claim.period)] for one in frames if len(one) and one["period"].eq(claim.period).any()]

    def _gap(self, claim):
        if claim.groups[0] == OTHER_GROUPS or claim.comparator == OTHER_GROUPS:
            return ""
        value, other = claim.number("value"), claim.number("comparator_value")
        why = self._value(claim, claim.groups[0], value)
        if not why and claim.comparator not in ("target", "rest", "overall"):
            why = self._value(claim, claim.comparator, other)
        if why:
            return why
        if not math.isnan(value) and not math.isnan(other):
            side = "lower" if value < other - NEAR else "higher" if value > other + NEAR else "same"
            if claim.direction not in ("", side):
                return f"said {claim.direction}, is {side}"
        return self._sure(claim) or self._same_verdict(claim)

    def _same_verdict(self, claim):
        """No edition has a verdict of its own."""
        verdicts = set()
        for frame in self._frames(claim):
            own = frame["metric"].eq(claim.metric) & frame["dimension"].eq(claim.dimension) & frame["group"].eq(claim.groups[0])
            verdicts |= set(frame.loc[own, "verdict"])
        if claim.verdict in ("clear", "possible", "not seen") and verdicts and claim.verdict not in verdicts:
            return f"said {claim.verdict}, is {sorted(verdicts)}"
        return ""

    def _sure(self, claim):
        """A gap that is called clear has enough people on both sides and an interval of its own that leaves zero out."""
        if claim.verdict != "clear" or claim.comparator in ("target", "rest", "overall"):
            return ""
        keys = [(claim.metric, claim.period, claim.dimension, group) for group in (claim.groups[0], claim.comparator)]
        one, two = (self.truth.cells[key] for key in keys)
        least = self.truth.contract.statistics.minimum_n
        if min(one["denominator"], two["denominator"]) < least:
            return f"called clear with {one['denominator']} and {two['denominator']} people"
        definition = self.truth.contract.metrics.get(claim.metric)
        if definition is not None and definition.kind == "proportion":
            low, high = newcombe(one["numerator"], one["denominator"], two["numerator"], two["denominator"])
            if low <= 0 <= high:
                return f"called clear, its own interval runs from {low:.3f} to {high:.3f}"
        return ""

    def _gaps(self, claim):
        if claim.verdict == "clear":
            return next((why for group in claim.groups if (why := self._same_verdict(replace(claim, groups=(group,))))), "")
        if claim.verdict == "no longer clear":
            return next(
                (f"{one} is clear" for one in claim.groups if not self._same_verdict(replace(claim, groups=(one,), verdict="clear"))), ""
            )
        wanted = ("clear", "possible") if claim.verdict == "none" else ("clear",)
        frames = self._frames(claim) if claim.period else [self.view.gaps]
        for frame in frames:
            if "outcome_gap" not in frame:
                continue
            for row in frame.to_dict("records"):
                if claim.metric not in ("", row["metric"]) or claim.dimension not in ("", row["dimension"]):
                    continue
                key = tuple(str(row[name]) for name in ("metric", "period", "dimension", "group"))
                if claim.shown_only and key not in self.shown:
                    continue
                other = (*key[:3], str(row.get("comparator")))
                if claim.shown_only and row.get("basis") in ("best", "group") and other not in self.shown:
                    continue
                if row["verdict"] in wanted and is_behind(row, self._better(row["metric"])) and row["group"] not in self._unknown(row):
                    return f"{row['group']} has a {row['verdict']} gap in {row['metric']} by {row['dimension']}"
        return ""

    def _better(self, metric):
        from acmlib.analysis.overview import directions

        return directions(self.truth.contract).get(metric, "higher")

    def _unknown(self, row):
        return self.truth.contract.dimensions[row["dimension"]].not_recorded

    def _cohorts(self, claim):
        frame = self.truth.views["rolling"].cohorts
        own = frame[frame["metric"].eq(claim.metric) & frame["dimension"].eq(claim.dimension)]
        if claim.verdict == "none changed":
            changed = own[~own["verdict"].isin(["no clear change", "not judged"])]
            seen = [row for row in changed.to_dict("records") if self._both_shown(row)]
            return f"{seen[0]['group']}: {seen[0]['verdict']}" if seen else ""
        if claim.groups[0] == OTHER_GROUPS:
            return ""
        rows = own[own["group"].eq(claim.groups[0])].to_dict("records")
        if not rows:
            return "no such cohort"
        if rows[0]["verdict"] != claim.verdict:
            return f"said {claim.verdict}, is {rows[0]['verdict']}"
        why = self._value(claim, claim.groups[0], claim.number("value_before"), claim.earlier)
        return why or self._since(claim)

    def _since(self, claim):
        """Of everybody since the first cohort: the whole term less the first."""
        if claim.period != "term":
            return self._value(claim, claim.groups[0], claim.number("value_after"))
        term, first = (self.truth.cells[claim.metric, one, claim.dimension, claim.groups[0]] for one in ("term", claim.earlier))
        share = (term["numerator"] - first["numerator"]) / (term["denominator"] - first["denominator"])
        return "" if abs(share - claim.number("value_after")) < NEAR else f"is {share}, said {claim.number('value_after')}"

    def _both_shown(self, row):
        keys = [(row["metric"], period, row["dimension"], row["group"]) for period in (row["period"], row["earlier_period"])]
        return all(key in self.shown for key in keys)

    # ----------------------------------------------------------------------------------------------------- totals, change

    def _target(self, claim):
        frames = {"term": self.view.term_results}
        if claim.period == "term" and len(frames["term"]):
            own = frames["term"][frames["term"]["metric"].eq(claim.metric)].to_dict("records")
            known = {(row["state"], bool(row["certain"])) for row in own}
        elif claim.period in set(self.view.periodic_results["period"]) - {self.view.metrics[claim.metric].period}:
            own = self.view.periodic_results
            own = own[own["metric"].eq(claim.metric) & own["period"].eq(claim.period)].to_dict("records")
            known = {(row["state"], bool(row["certain"])) for row in own}
        else:
            known = {(self.view.metrics[claim.metric].target.state, self.view.metrics[claim.metric].target.certain)}
        if known and claim.verdict not in {state for state, _ in known}:
            return f"said {claim.verdict}, is {sorted(known)}"
        if claim.certain and known and not any(sure for _, sure in known):
            return "said clearly, and it could be chance"
        return self._value(claim, "All participants", claim.number("value"))

    def _change(self, claim):
        known = self.view.metrics[claim.metric].change
        if known.state != claim.verdict:
            return f"said {claim.verdict}, is {known.state}"
        for name in ("before", "after"):
            said, true = claim.number(name), getattr(known, name)
            if not math.isnan(said) and abs(said - true) > NEAR:
                return f"{name} is {true}, said {said}"
        return ""

    def _served(self, claim):
        frame = self.view.served
        own = frame[frame["metric"].eq(claim.metric) & frame["dimension"].eq(claim.dimension)] if len(frame) else frame
        if claim.verdict == "none":
            rows = own[own["base"].eq(claim.about)] if claim.about else own
            for row in rows.to_dict("records"):
                key = tuple(str(row[name]) for name in ("metric", "period", "dimension", "group"))
                hidden = claim.shown_only and key not in self.shown
                if row["verdict"] == "clear" and row["participation_ratio"] < 1 and row["representation_gap"] < 0 and not hidden:
                    return f"{row['group']} is clearly served less"
            return ""
        if claim.groups[0] == OTHER_GROUPS:
            return ""
        rows = own[own["group"].eq(claim.groups[0])].to_dict("records")
        if claim.about:
            rows = [row for row in rows if row["base"] == claim.about]
        if not rows:
            return "no such share"
        if claim.verdict not in {row["verdict"] for row in rows}:
            return f"said {claim.verdict}, is {rows[0]['verdict']}"
        said = claim.number("share")
        return (
            "" if math.isnan(said) or any(abs(row["share"] - said) < NEAR for row in rows) else f"share is {rows[0]['share']}, said {said}"
        )

    def _step(self, claim):
        frame = self.view.stage_gaps
        own = frame[frame["dimension"].eq(claim.dimension)] if len(frame) else frame
        behind = own[own["opens"].eq(True) & own["final_gap"].le(-self.truth.contract.statistics.materiality)] if len(own) else own
        if claim.verdict == "none":
            shown = [
                row
                for row in behind.to_dict("records")
                if ("reached:" + row["stage"], row["period"], row["dimension"], row["group"]) in self.shown
            ]
            return f"{shown[0]['group']} falls behind" if shown else ""
        rows = behind[behind["group"].eq(claim.groups[0])].to_dict("records")
        if claim.groups[0] == OTHER_GROUPS:
            return ""
        if not rows:
            return "no gap opens for this group"
        if ",".join(rows[0]["stages"]) != claim.about:
            return f"opens at {rows[0]['stages']}, said {claim.about}"
        return "" if abs(rows[0]["final"] - claim.number("final")) < NEAR else f"final is {rows[0]['final']}"

    def _largest(self, claim):
        unknown = self.truth.contract.dimensions[claim.dimension].not_recorded
        values = {
            group: cell["value"] for (metric, period, dimension, group), cell in self.truth.cells.items()
            if (metric, period, dimension) == (claim.metric, claim.period, claim.dimension) and group not in unknown
            and not math.isnan(cell["value"]) and (not claim.shown_only or (metric, period, dimension, group) in self.figures)
        }  # fmt: skip
        if not values or claim.groups[0] == OTHER_GROUPS:
            return ""
        best = (min if claim.direction == "lower" else max)(values.values())
        said = values.get(claim.groups[0])
        return "" if said is not None and abs(said - best) < NEAR else f"the extreme is {best}, of {claim.groups[0]} it is {said}"

    # ----------------------------------------------------------------------------------------------------- counts, records

    def _count(self, claim):
        true = self._counted(claim)
        for name, value in true.items():
            said = claim.number(name)
            if math.isnan(said) or math.isnan(value):
                continue
            if said > value + NEAR or (not claim.shown_only and said != value):
                return f"{claim.about}: {name} is {value}, said {said}"
        return ""

    def _counted(self, claim):
        if claim.about.startswith("actions done"):
            agreed = [one for one in self.truth.records.actions if one.agreed_on <= self.report.date]
            if claim.about == "actions done on the topic":
                agreed = [one for one in agreed if one in actions_on(self.report.topic, agreed)]
            return {"n": sum(one.status == "done" for one in agreed), "of": len(agreed)}
        if claim.about == "targets met":
            rows = self.view.term_results if claim.period == "term" else None
            wanted = self._main_ids()
            if rows is not None:
                rows = rows[rows["metric"].isin(wanted) & rows["state"].isin(["met", "missed"])]
                return {"n": int(rows["state"].eq("met").sum()), "of": len(rows)}
            states = [self.view.metrics[one].target.state for one in wanted if one in self.view.metrics]
            return {"n": states.count("met"), "of": states.count("met") + states.count("missed")}
        if claim.about == "comparisons with a clear gap":
            from acmlib.display.comparisons import comparisons

            found = comparisons(self.view.gaps, self.truth.contract)
            return {"n": sum(one.outcome == "clear" for one in found)}
        return {}

    def _main_ids(self):
        from acmlib.contract.kinds import main_id

        return [main_id(self.truth.contract, name) for name in self.truth.contract.metrics]

    def _nothing(self, claim):
        written = getattr(self.truth.records, claim.about)
        return f"{len(written)} {claim.about} were written" if written else ""

    def _people(self, claim):
        yearly = self.truth.table[self.truth.table["dimension"].eq("all")]["denominator"].max()
        return "" if claim.number("n") <= YEARS * yearly else f"asks for {claim.number('n')} people of a contract of {yearly}"


def shown_by(notebook: Path, report: Report, root: Path):
    """Run the cells of a notebook in this process on a report that is open already; return the display objects that it shows."""
    shown = []
    names = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        source, tags = "".join(cell["source"]), cell["metadata"].get("tags", [])
        if cell["cell_type"] != "code":
            continue
        if "parameters" in tags:
            exec(source, names)
            names |= {"topic": report.topic.id} if report.topic is not None else {}
            continue
        if "setup" in tags:  # all but opening the report
            exec("\n".join(line for line in source.split("\n") if "open_report(" not in line), names)
            names |= {"report": report, "display": lambda *objects: shown.extend(objects)}
            continue
        last = source.rstrip().rsplit("\n", 1)[-1]
        if last.startswith("show.") and not last.startswith(" "):
            source = source[: source.rindex(last)] + f"display({last})"
        exec(compile(source, notebook.name, "exec"), names)
    return [one for one in shown if isinstance(one, Display)]
