"""`acm pilots`: a register becomes a list with reasons in words, and the page of the meeting that decides."""

import shutil
from pathlib import Path

import pytest
from lxml import html
from typer.testing import CliRunner

from acmlib.analysis.pilots import meetings
from acmlib.cli.app import app
from acmlib.contract.errors import ContractError
from acmlib.display import pilots as show

REGISTER, ANSWERS = "data/city-register/releases.json", "data/city-register/answers.csv"


@pytest.fixture
def workspace(repository: Path, tmp_path: Path, monkeypatch) -> Path:
    for folder in ("notebooks", "templates", "data/city-register"):
        shutil.copytree(repository / folder, tmp_path / folder)
    (tmp_path / "params").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACM_ROOT", str(tmp_path))
    return tmp_path


def acm(*words: str):
    return CliRunner().invoke(app, ["pilots", *words], env={"COLUMNS": "220"})


def test_the_page_of_an_ocds_register_says_which_contracts_and_why(workspace: Path):
    made = acm(REGISTER, "--answers", ANSWERS, "--on", "2026-07-01", "--page", "--language", "es")
    assert made.exit_code == 0, made.output
    page = html.fromstring((workspace / "outputs" / "registers" / "pilots-releases.es.html").read_bytes())
    assert page.xpath("//h1")[0].text_content() == "Con qué contratos empezar"
    text = " ".join(page.text_content().split())
    assert "24 contratos revisados, 16 en la lista: 9 en el nivel A, 4 en el nivel B y 3 en el nivel C" in text
    assert "Purchase of office furniture" in text and str(workspace) not in text


def test_reasons_are_those_of_the_points_and_what_nobody_said_is_a_question(workspace: Path):
    with_answers = show.open_register(REGISTER, ANSWERS, on="2026-07-01", root=workspace)
    without = show.open_register(REGISTER, on="2026-07-01", root=workspace)
    row = {one["id"]: one for _, one in with_answers.contracts.iterrows()}["ocds-sample-0013/C013"]
    reasons = show.reasons_of(row, with_answers)
    assert (
        "gaps between groups are known or likely" in reasons["for"]
        and "value 260,000, in the lower half of the register" in reasons["against"]
    )
    assert reasons["unknown"] == ["how many clients it serves", "what happens to clients if it fails", "which records are sent"]
    assert without.proposed["tier"].tolist().count("A") == 0  # too little is known for the first tier
    asked = str(show.to_ask(without)[0])
    assert "Questions open for some of the 16 contracts on the list" in asked and "harm" in asked


def test_meetings_are_spread_and_end_with_the_contract(workspace: Path):
    found = show.open_register(REGISTER, ANSWERS, on="2026-07-01", root=workspace)
    held = meetings(found.proposed, found.date)
    quarterly = held[held["cadence"].eq("quarterly")]
    assert quarterly["month"].nunique() > 4 and quarterly.groupby("id")["month"].nunique().max() == 4
    ends = found.proposed.set_index("id")["ends"].dt.strftime("%Y-%m")
    assert (held["month"] <= held["id"].map(ends)).all()
    assert f"{len(held)} meetings in the next twelve months" in str(show.calendar(found)[0])
    first = held.loc[held["month"].eq(held["month"].iloc[0]), "title"].head(2)  # titles may have commas of their own
    assert "; ".join(first) in str(show.calendar(found)[0])


def test_an_answer_puts_a_service_back_on_the_list(workspace: Path):
    (workspace / "own.csv").write_text("id,people\nocds-sample-0022/C022,yes\n")
    found = show.open_register(REGISTER, "own.csv", on="2026-07-01", root=workspace)
    assert "ocds-sample-0022/C022" in set(found.listed["id"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,harm\nocds-sample-0001/C001,hgh\n", "row 2: harm is 'hgh'; use low, no, some, medium, high, yes, or 0 to 3"),
        ("id,harm\nocds-sample-0001/C01,high\n", "row 2: id is 'ocds-sample-0001/C01'; did you mean 'ocds-sample-0001/C001'"),
        ("id,clients\nocds-sample-0001/C001,many\n", "row 2: clients is 'many'; use a number"),
        ("contract,harm\nx,high\n", "it needs id and one of people"),
    ],
)
def test_an_answer_that_is_not_understood_is_said_with_its_row_and_nothing_is_made(workspace: Path, text, message):
    (workspace / "own.csv").write_text(text)
    with pytest.raises(ContractError, match="own") as raised:
        show.open_register(REGISTER, "own.csv", root=workspace)
    assert message in str(raised.value)
    told = acm(REGISTER, "--answers", "own.csv", "--page")
    assert told.exit_code == 2 and not (workspace / "outputs").exists()


def test_where_no_contract_is_on_the_list_the_page_says_why_and_asks_only_about_that(workspace: Path):
    head, row = "id,title,starts,ends,value", "{},2026-01-01,2028-12-31,1000"
    (workspace / "works.csv").write_text("\n".join([head, row.format("1,Street paving"), row.format("2,Bridge construction")]))
    page = show.open_register("works.csv", on="2026-07-01", root=workspace)
    assert page.listed.empty and not show.to_ask(page)
    said = str(show.tiers(page)[0])
    assert "Every contract of the register is left out" in said and "Too little is known" not in said
    assert show.decisions(page).body[0].items == ("Is the register complete, and is each contract rightly left out?",)
    (workspace / "little.csv").write_text("\n".join([head, row.format("1,Home visits")]))
    page = show.open_register("little.csv", on="2026-07-01", root=workspace)
    assert "Too little is known" in str(show.tiers(page)[0]) and show.to_ask(page)
    assert show.decisions(page).body[0].items == ("Who answers the open questions, and by when is the register screened again?",)
