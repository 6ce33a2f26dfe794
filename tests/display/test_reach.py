"""How recent the data are, as a page says it: by source and site, with the next file; the public page says less."""

import pandas as pd
import pytest

from acmlib.display import sections as show
from acmlib.display.report import open_report

CONTRACT = """\
contract: {title: {en: Reach, es: Alcance}, provider: A, agency: B, program: jobs, starts: 2024-07-01, ends: 2027-06-30}
tables:
  people: {source: data/reach/people.csv, id: pid, entered: joined}
  surveys: {source: data/reach/surveys.csv, id: sid}
dimensions: {site: {kind: site, title: {en: Site, es: Sede}}}
metrics:
  placed: {title: {en: Placed, es: Con empleo}, kind: proportion, from: people, that: placed is not null, date: joined}
languages: [en, es]
period: 2025-06
"""


@pytest.fixture
def opened(tmp_path):
    """Open the report of a contract with two sources and four sites: one stopped in April, two have seven people each."""
    for folder in ("params/reach", "data/reach"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "params/reach/contract.yml").write_text(CONTRACT, encoding="utf-8")
    (tmp_path / "params/reach/plan.yml").write_text("calendar: {every_months: 1, data_due: 14}\n", encoding="utf-8")
    ends = (("North", "2D", "2025-06-29"), ("South", "2D", "2025-04-20"), ("Tiny", "20D", "2025-05-02"), ("Small", "20D", "2025-05-02"))
    days = [(site, day) for site, freq, last in ends for day in pd.date_range("2025-01-01", last, freq=freq)]
    rows = [f"P{i},{site},{day:%Y-%m-%d},{f'{day:%Y-%m-%d}' if i % 2 else ''}" for i, (site, day) in enumerate(days)]
    (tmp_path / "data/reach/people.csv").write_text("\n".join(["pid,site,joined,placed", *rows]) + "\n", encoding="utf-8")
    (tmp_path / "data/reach/surveys.csv").write_text("sid,asked\nS1,2025-05-03\nS2,2025-06-30\n", encoding="utf-8")
    return lambda edition, language="en": str(show.data_quality(open_report("reach", None, edition, language, None, tmp_path)))


def test_each_source_and_site_says_how_old_it_is_and_the_one_behind_is_named(opened):
    told = opened("internal")
    assert "Newest date in “people”: June 28, 2025, 2 days before the period ends." in told
    assert "Newest date in “surveys”: June 30, 2025, the last day of the period." in told
    assert "Fallen behind in “people”, by site: South (nothing since April 19, 2025)." in told
    assert "the next file for people and surveys is due by August 7, 2025, for the meeting on August 21, 2025" in told, "June's is here"
    assert "How recent “people” is, by site" in told and "Tiny" in told
    spanish = opened("internal", "es")
    assert "Con retraso en «people», por sede: South (nada desde el 19 de abril de 2025)" in spanish
    assert "a más tardar el 7 de agosto de 2025, para la reunión del 21 de agosto de 2025" in spanish


def test_a_site_of_few_people_is_not_dated_where_small_groups_are_put_together(opened):
    told = opened("provider")
    assert "South (nothing since April 19, 2025)" in told and not [site for site in ("Tiny", "Small") if site in told]


def test_the_public_page_says_the_quarter_of_each_source_and_nothing_of_sites(opened):
    told = opened("public")
    assert "Newest date in “people”: 2nd quarter 2025." in told
    assert not [word for word in ("South", "Tiny", "Small", "June", "April", "due by") if word in told]
