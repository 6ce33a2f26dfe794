"""The example in docs/sources.md is a contract that opens, and its columns mean what the comments say."""

from __future__ import annotations

from pathlib import Path

PEOPLE = """\
id,modified,provider,site,wage,wage_unknown,share,veteran,result,race_black,race_white,entered,exited,q1,q2
1,2025-01-01,P7,N,$15.00,0,45%,1,2,1,0,2025-01-01,2025-01-15,1,0
1,2025-02-01,P7,N,"$1,250.50",0,45%,1,1,1,1,2025-01-01,2025-01-15,1,0
2,2025-01-01,P7,S,(12),0,5%,99,2,0,1,2025-01-01,2025-01-08,9,1
3,2025-01-01,P7,S,$0,1,100%,8,2,0,0,2025-01-01,2025-01-01,0,9
4,2025-01-01,P8,S,$1,0,1%,1,1,0,1,2025-01-01,2025-01-08,1,1
"""


def test_the_example_of_the_page_on_sources(bench, rows):
    text = (Path(__file__).parents[2] / "docs/sources.md").read_text(encoding="utf-8")
    example = text.partition("## What columns mean")[2].partition("```yaml\n")[2].partition("```")[0]
    bench.write("data/x/people.csv", PEOPLE)
    bench.write("data/x/sites.csv", "site,city\nN,Northtown\nS,Southtown\n")
    bench.write("data/x/counts.csv", "month,total,black,white\n2025-01,10,4,5\n2025-02,8,3,5\n")
    tables = bench.open(example + "dimensions: {race: {}, veteran: {}}\nmetrics: {enrolled: {title: E, kind: count, from: sent}}\n")
    assert rows(tables, "SELECT id, wage, share, dim_veteran, result, race, city, weeks FROM people ORDER BY id") == [
        ("1", 1250.5, 0.45, "1", "Placed", "Black;White", "Northtown", 2),
        ("2", -12.0, 0.05, "Not asked", "Not placed", "White", "Southtown", 1),
        ("3", None, 1.0, "Don't know", "Not placed", None, "Southtown", 0),
    ]
    assert rows(tables, "SELECT period, \"group\", numerator FROM sent WHERE dimension = 'race' ORDER BY ALL") == [
        ("2025-01", "Black", 4), ("2025-01", "Not recorded", 1), ("2025-01", "White", 5),
        ("2025-02", "Black", 3), ("2025-02", "White", 5),
    ]  # fmt: skip
    assert {"exit_q1", "exit_q2"} <= set(tables.contract.metrics)
