"""The product's own pages never fail its own door: everything shown of invented contracts, in the edition that hides most.

`INVENTED=60` looks at more of them (`make nightly`).
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from claims.test_invented import invent
from claims_truth import shown_by

from acmlib.contract.load import load_contract
from acmlib.contract.periods import report_period
from acmlib.contract.records import Topic
from acmlib.display import sections as show
from acmlib.display.report import open_report
from acmlib.display.voice import Voice
from acmlib.display.words import Words
from acmlib.intake.build.sources import open_tables
from acmlib.measures.counting import count
from acmlib.publish.scan import scan_page
from acmlib.publish.scan.hidden import Withheld
from acmlib.publish.scan.withheld import withheld

ROOT = Path(__file__).resolve().parents[2]
#: In contract 51 a change of a number of people is known, and its numbers are hidden.
SEEDS = (51, *range(int(os.environ.get("INVENTED", "3"))))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_page_of_an_invented_contract_is_refused(seed, tmp_path):
    contract, language = load_contract(invent(tmp_path, seed), root=tmp_path), ("en", "es")[seed % 2]
    report = open_report(contract.id, None, "public", language, None, tmp_path)
    with open_tables(contract, root=tmp_path, period=report_period(contract)) as tables:
        table = count(contract, tables).table
    shown = shown_by(ROOT / "notebooks" / "dashboard.ipynb", report, ROOT)
    for kind, metric in (("outcomes", "placed"), ("access", "came"), ("timeliness", "wait"), ("outcomes", "score")):
        for dimension in ("race", "site"):
            topic = Topic(id=metric, month="2024-06", kind=kind, title=metric, metric=metric, dimension=dimension)
            about = replace(report, topic=topic)
            shown += [show.findings(about), *show.parts(show.comparisons(about, metric, dimension), show.story(about, metric, dimension))]
    page = f"<html><body>{''.join(one._repr_mimebundle_()['text/html'] for one in shown)}</body></html>"
    voice = Voice(Words(language, contract.wording, since=contract.contract.starts), contract)
    secret = withheld(report.release, table)
    door = Withheld(secret, report.release.handed_out, voice)
    assert [problem for problem in scan_page(page, withheld=door) if "hidden number" in problem] == []
    if len(secret):  # and the door is not open: the same page with a hidden cell in words is refused
        told = secret[secret["numerator"].gt(0) & secret["metric"].isin(["placed", "came"])].iloc[0]
        said = f"{voice.metric(told['metric'])}: {voice.group(told['dimension'], told['group'])}, {voice.words.period(told['period'])}: "
        planted = page.replace("</body>", f"<p>{said}{told['numerator']:.0f}.</p></body>")
        assert any("hidden number" in problem for problem in scan_page(planted, withheld=door)), said
