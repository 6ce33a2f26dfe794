"""No page of a sample says what is not true of the contract: every judging sentence against the unhidden truth.

Every edition, both languages: a claim is made in code, so that a language cannot change it; Spanish is read for the worst sample only.
"""

import os
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from claims_truth import false_claims, shown_by, truth_of
from opened import counted, opened

from acmlib.contract.load import load_contract
from acmlib.contract.periods import add_months, report_period
from acmlib.display.claims import claims_of

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = sorted(path.name for path in (ROOT / "params").iterdir() if (path / "contract.yml").is_file())
EDITIONS = ("internal", "provider", "public")
#: The contract's own period; with ``CLAIM_PERIODS=3`` also the ones 3 and 8 months before.
BACK = (0, 3, 8)[: int(os.environ.get("CLAIM_PERIODS", "1"))]

#: Editions whose deep dives are read: internal says most, public hides most; with ``CLAIM_PERIODS`` (`make nightly`) all.
DEEP = ("internal", "public") if BACK == (0,) else EDITIONS


@cache
def truth(contract, period=None):
    asked = report_period(load_contract(contract, root=ROOT), period).text
    return truth_of(contract, ROOT, period, counted(contract, asked))


def pages(report):
    """Give every page of a contract in one edition: name, and what it shows."""
    names = ["dashboard", *(["end_of_contract", "extract"] if report.ended else ["midterm"])]
    for name in names:
        yield name, shown_by(ROOT / "notebooks" / f"{name}.ipynb", report, ROOT)
    for topic in report.records.roadmap if report.release.edition in DEEP else ():
        yield f"deep_dive-{topic.id}", shown_by(ROOT / "notebooks" / "deep_dive.ipynb", replace(report, topic=topic), ROOT)


#: Every edition of every contract, also those that it does not hand out.
PAIRS = [(name, edition) for edition in EDITIONS for name in CONTRACTS]


def period_before(contract, months):
    """Give the month so long before a contract's own period; None for its own, and where it is no month."""
    own = report_period(load_contract(contract, root=ROOT))
    return add_months(own.text, -months) if months and own.grain == "month" else None


@pytest.mark.parametrize(("contract", "edition", "back"), [(*pair, back) for back in BACK for pair in PAIRS])
def test_no_sentence_of_a_sample_is_false(contract, edition, back):
    period = period_before(contract, back)
    report = opened(contract, period, edition)
    wrong, said = [], 0
    for name, shown in pages(report):
        about = replace(report, topic=next((one for one in report.records.roadmap if f"deep_dive-{one.id}" == name), None))
        said += len(claims_of(shown))
        wrong += [
            f"{name}: {claim.kind} {claim.metric} {claim.dimension} {claim.groups}: {why}"
            for claim, why in false_claims(shown, about, truth(contract, period))
        ]
    sys.stdout.write(f"{contract} {report.release.period.text} {edition}: {said} claims, {len(wrong)} false\n")
    assert wrong == []
    assert said > 3, "a page that claims nothing has lost its claims"
