"""`acm new` writes a contract file that loads and opens at once, and marks what only people know."""

import pandas as pd
import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.load import load_contract
from acmlib.intake import open_tables
from acmlib.intake.check.checks import check_tables
from acmlib.intake.scaffold.draft import scaffold, scaffold_contract
from acmlib.measures.compute import metric_table

RACES = ("White", '"Asian;Black"')
EXPORT = "Personal ID;Race;Gender;Age;Site;DOB;Referral Date;Exit Date;select;Notes\n" + "".join(
    f"{i:04d};{RACES[i % 2]};{'FM'[i % 2]};{14 + i % 8};{'Nord:Süd' if i % 3 else 'West'};2008-01-01;"
    f"{1 + i % 28}.{1 + i % 12}.2025;{'' if i % 2 else '15.12.2025'};{i % 5};text {i}\n"
    for i in range(80)
)


@pytest.fixture
def written(bench):
    path = bench.write("data/new/export.csv", EXPORT.encode("cp1252"))
    return scaffold_contract("new-one", path, root=bench.root)


def test_what_is_written_loads_opens_and_guesses_columns(bench, written):
    contract = load_contract("new-one", root=bench.root)
    people = contract.tables["participants"]
    assert people.source == "data/new/export.csv"
    assert people.columns["personal_id"] == "Personal ID"
    assert people.columns["select_"] == "select"
    assert (people.id, people.entered, people.private) == ("personal_id", "referral_date", ("dob",))
    assert contract.dimensions["race"].standard == "omb-2024"
    assert contract.dimensions["age"].bands
    assert set(contract.dimensions) == {"race", "gender", "age", "site"}
    assert contract.contract.starts.isoformat() == "2025-01-01"
    assert "exit_date_6m" in contract.metrics
    with open_tables(contract, root=bench.root) as tables:
        assert tables.dimensions("participants") == ("race", "gender", "age", "site")
        assert not [finding for finding in check_tables(tables, tables.contract) if finding.severity == "error"]


def test_comments_say_what_to_check_and_codes_are_listed(written):
    text = written.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../contract.schema.json\n")
    assert text.count("CHECK") > 8
    assert '#   gender: {"F": ..., "M": ...}' in text
    assert "Elm" not in text


def test_an_existing_contract_is_not_overwritten(bench, written):
    before = written.read_text(encoding="utf-8")
    with pytest.raises(ContractError, match="is there already"):
        scaffold_contract("new-one", bench.root / "data/new/export.csv", root=bench.root)
    assert written.read_text(encoding="utf-8") == before


@pytest.mark.parametrize("ending", ["parquet", "xlsx"])
def test_parquet_and_excel(bench, ending):
    frame = pd.DataFrame(
        {"client_id": ["01", "02"], "joined": pd.to_datetime(["2025-01-02", "2025-02-03"]), "site": ["N", "S"], "score": [0.5, 1.5]}
    )
    path = bench.write(f"data/x.{ending}", b"")
    if ending == "parquet":
        frame.to_parquet(path)
    else:
        with pd.ExcelWriter(path) as book:
            pd.DataFrame({"note": ["read me"]}).to_excel(book, sheet_name="Read me", index=False)
            frame.to_excel(book, sheet_name="People", index=False)
    scaffold_contract("other", path, root=bench.root)
    contract = load_contract("other", root=bench.root)
    assert contract.tables["participants"].id == "client_id"
    with open_tables(contract, root=bench.root) as tables:
        assert tables.dimensions("participants") == ("site",)


def test_a_file_outside_the_workspace_or_unreadable_is_refused(bench, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "x.csv"
    outside.write_text("a\n1\n")
    with pytest.raises(ContractError, match="lies outside the workspace; copy it to data/x/ first"):
        scaffold("x", outside, root=bench.root)
    with pytest.raises(ContractError, match="is empty"):
        scaffold("x", bench.write("data/x/empty.csv", ""), root=bench.root)
    with pytest.raises(ContractError, match="contract id is"):
        scaffold("../x", outside, root=bench.root)


def test_a_file_without_dates_or_groups_gets_a_contract_too(bench):
    text = scaffold("x", bench.write("data/x/n.csv", "a,b\n1,2\n3,4\n"), root=bench.root)
    assert "no column splits people into groups" in text


def test_placeholders_are_errors_until_they_are_replaced(bench):
    from acmlib.contract.load import parse_contract
    from acmlib.intake.scaffold.placeholders import placeholder_problems

    bench.write("data/new/people.csv", "id,site\n1,North\n2,South\n")
    text = scaffold("new", bench.root / "data/new/people.csv", root=bench.root)
    problems = list(placeholder_problems(parse_contract("new", text)))
    assert [problem.split(" is ")[0].rpartition(" ")[2] for problem in problems] == [
        "contract.provider",
        "contract.agency",
        "contract.program",
    ]
    written = text.replace("Name of the provider", "Works").replace("Name of the agency", "City").replace("name-of-the-program", "jobs")
    assert list(placeholder_problems(parse_contract("new", written))) == []


def test_the_usual_measures_of_a_service_are_listed_and_the_file_still_loads(bench, written):
    from pathlib import Path

    from acmlib.contract.starters import load_starter, starter_names
    from acmlib.intake.scaffold.starting import starter_comments

    root = Path(__file__).parents[2]
    for service in starter_names(root):
        lines = starter_comments(service, root)
        assert all(line.startswith("#") for line in lines.splitlines() if line)
        assert all(f"#   {one.id}: " in lines for one in load_starter(service, root).measures)
        written.write_text(written.read_text(encoding="utf-8") + lines, encoding="utf-8")
    assert load_contract("new-one", root=bench.root).tables


def drafted(bench, csv):
    bench.write("data/x/sent.csv", csv)
    scaffold_contract("x", bench.root / "data/x/sent.csv", root=bench.root)
    contract = load_contract("x", root=bench.root)
    with open_tables(contract, root=bench.root) as tables:
        table = metric_table(contract, tables, tables.period)
        assert not [finding for finding in check_tables(tables, contract) if finding.severity == "error"]
    return contract, table[table["dimension"].eq("all") & table["period"].eq("term")].set_index("metric")


def test_service_requests_begin_when_they_were_created_and_are_judged_by_their_due_date(bench):
    days = [(1 + i % 28, 2 + i % 9) for i in range(100)]
    csv = "Unique Key,Created Date,Closed Date,Due Date,Borough,Worker,Status\n" + "".join(
        f"{500 + i},03/{day:02d}/2025 09:15:00 AM,{f'04/{took:02d}/2025 10:00:00 AM' if i % 10 else ''},"
        f"04/06/2025 05:00:00 PM,{'NE'[i % 2]},W{i % 3},{'Closed' if i % 10 else 'Open'}\n"
        for i, (day, took) in enumerate(days)
    )
    contract, whole = drafted(bench, csv)
    people = contract.tables["participants"]
    assert (people.id, people.entered, people.private) == ("unique_key", "created_date", ("worker",))
    assert set(contract.dimensions) == {"borough"}
    took = contract.metrics["days_to_closed_date"]
    assert (took.kind, took.start, took.end, took.better) == ("duration", "created_date", "closed_date", "lower")
    on_time = [i % 10 != 0 and took <= 6 for i, (_, took) in enumerate(days)]
    assert (whole.loc["closed_date_on_time", "numerator"], whole.loc["closed_date_on_time", "denominator"]) == (sum(on_time), 100)


def test_rows_of_visits_are_counted_apart_from_people_and_yes_is_no_group(bench):
    csv = "StudentID,SessionDate,Attended,Rearrested,Lunch\n" + "".join(
        f"S{i % 25},2025-{1 + i % 12:02d}-05,{int(i % 5 > 0)},{'NY'[i % 4 == 0]},{('Yes', 'No', '')[i % 3]}\n" for i in range(120)
    )
    contract, whole = drafted(bench, csv)
    assert (contract.tables["participants"].id, contract.tables["participants"].person) == (None, "student_id")
    assert (whole.loc["participants", "value"], whole.loc["people", "value"]) == (120, 25)
    assert (whole.loc["attended_yes", "numerator"], whole.loc["attended_yes", "denominator"]) == (96, 120)
    assert (whole.loc["lunch_yes", "numerator"], whole.loc["lunch_yes", "denominator"]) == (40, 80)
    assert contract.metrics["rearrested_yes"].better == "lower" and whole.loc["rearrested_yes", "numerator"] == 30
    assert not contract.dimensions


def test_when_a_row_was_created_is_no_entry_where_another_date_is_known_of_everybody(bench):
    csv = "ClientID,DateCreated,EnrolledOn,Site\n" + "".join(f"{i},2024-11-01,2025-0{1 + i % 9}-01,{'NS'[i % 2]}\n" for i in range(40))
    contract, _ = drafted(bench, csv)
    assert contract.tables["participants"].entered == "enrolled_on"
    assert set(contract.metrics) == {"participants"}


@pytest.mark.parametrize("column", ["Left", "Natural", "Order"])
def test_a_column_named_like_a_word_of_sql_makes_a_contract_that_opens(bench, column):
    rows = [f"Student;Enrolled;{column}", *(f"{i};2025-09-01;2025-10-01" for i in range(9))]
    path = bench.write("data/new/x.csv", "\n".join(rows).encode())
    scaffold_contract("new-one", path, root=bench.root)
    contract = load_contract("new-one", root=bench.root)
    with open_tables(contract, root=bench.root) as tables:
        assert not [one for one in check_tables(tables, contract) if one.severity == "error"]
    assert str(contract.metrics[f"{column.lower()}_6m"].title).startswith(f"{column} within 6 months")
