"""`acm new` writes a contract file that loads and opens at once, and marks what only people know."""

import datetime as dt
import sqlite3

import numpy as np
import openpyxl
import pandas as pd
import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.load import load_contract
from acmlib.contract.periods import report_period
from acmlib.intake import open_tables
from acmlib.intake.check.checks import check_tables
from acmlib.intake.presets.preset import fitting_preset
from acmlib.intake.scaffold.answers import successes
from acmlib.intake.scaffold.draft import DraftAnswers, contract_text, draft, write_draft
from acmlib.intake.scaffold.profile import ColumnProfile
from acmlib.measures.compute import metric_table


def scaffold(name, path, *, root):
    return contract_text(name, draft(name, path, root=root), DraftAnswers())


def scaffold_contract(name, sources, *, root, answers=None, starter=None):
    return write_draft(name, draft(name, sources, root=root, starter=starter), answers or DraftAnswers(), root)


MONTH_NAMES = [f"{dt.date(2024, month, 1):%B}" for month in range(1, 13)]
RACES = ("White", '"Asian;Black"')
SESSIONS = "StudentID,SessionDate,Attended,Rearrested,Lunch\n" + "".join(
    f"S{i % 25},2025-{1 + i % 12:02d}-05,{int(i % 5 > 0)},{'NY'[i % 4 == 0]},{('Yes', 'No', '')[i % 3]}\n" for i in range(120)
)
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
    assert "select_" not in people.columns  # what nothing uses keeps its name
    assert (people.id, people.entered) == ("personal_id", "referral_date")
    assert set(people.private) == {"dob", "notes"}
    assert contract.dimensions["race"].standard == "omb-2024"
    assert contract.dimensions["age"].bands[0] <= 14
    assert {name: one.kind for name, one in contract.dimensions.items()} == {
        "race": "people", "gender": "people", "age": "people", "site": "site",
    }  # fmt: skip
    assert contract.contract.starts.isoformat() == "2025-01-01" and contract.contract.ends.isoformat() == "2025-12-31"
    assert (contract.metrics["still_in"].kind, contract.metrics["still_in"].end) == ("retention", "exit_date")
    with open_tables(contract, root=bench.root) as tables:
        assert set(tables.dimensions("participants")) == set(contract.dimensions)
        assert not [finding for finding in check_tables(tables, tables.contract) if finding.severity == "error"]


def test_each_guess_says_from_what_and_no_line_is_useless(written):
    text = written.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../contract.schema.json\n")
    assert text.count("guessed") >= 8 and len(text.splitlines()) <= 60
    assert "recode: {gender: {F: Female, M: Male}}" in text
    assert "Elm" not in text and "minimum_count" not in text  # no value of a private column, no default


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
        f"contract.{key}" for key in ("provider", "agency", "program", "starts", "ends")
    ]
    written = text.replace("Name of the provider", "Works").replace("Name of the agency", "City").replace("name-of-the-program", "jobs")
    written = written.replace("1900-01-01", "2025-01-01").replace("1900-12-31", "2025-12-31")
    assert list(placeholder_problems(parse_contract("new", written))) == []


def test_metrics_take_the_names_of_the_starter_set_and_the_rest_of_it_is_said_in_comments(bench, repository):
    from acmlib.contract.starters import load_starter, starter_names

    bench.write("data/x/sessions.csv", SESSIONS)
    for service in starter_names(repository):
        starter = load_starter(service, repository)
        path = scaffold_contract(f"x-{service.replace('_', '-')}", bench.root / "data/x/sessions.csv", root=bench.root, starter=starter)
        text = path.read_text(encoding="utf-8")
        metrics = load_contract(path.parent.name, root=bench.root).metrics
        assert all(one.id in metrics or f"#   {one.id}: " in text for one in starter.measures)
    metrics = load_contract("x-tutoring", root=bench.root).metrics
    assert metrics["attendance"].that == "attended = 1" and metrics["attendance"].title.in_language("es") == "Sesiones asistidas"


def drafted(bench, csv):
    bench.write("data/x/sent.csv", csv)
    scaffold_contract("x", bench.root / "data/x/sent.csv", root=bench.root)
    contract = load_contract("x", root=bench.root)
    with open_tables(contract, root=bench.root, period="term") as tables:
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
    requests = contract.tables["requests"]
    assert (requests.id, requests.entered, requests.private) == ("unique_key", "created_date", ("worker",))
    assert {name: one.kind for name, one in contract.dimensions.items()} == {"borough": "place"}
    assert {str(one.counted) for one in contract.metrics.values()} == {"request"}  # no page says that they are people
    assert str(contract.dimensions["borough"].phrase) == "requests in {group}"
    took = contract.metrics["days_to_closed_date"]
    assert (took.kind, took.start, took.end, took.better) == ("duration", "created_date", "closed_date", "lower")
    on_time = [i % 10 != 0 and took <= 6 for i, (_, took) in enumerate(days)]
    assert (whole.loc["on_time", "numerator"], whole.loc["on_time", "denominator"]) == (sum(on_time), 100)


def test_a_file_of_clients_is_no_file_of_requests_because_their_cases_are_closed(bench):
    csv = "ClientID,IntakeDate,ClosedDate,Borough\n" + "".join(
        f"C{i},2025-{1 + i % 6:02d}-05,{f'2025-{7 + i % 5:02d}-11' if i % 3 else ''},{'NE'[i % 2]}\n" for i in range(120)
    )
    contract, _ = drafted(bench, csv)
    assert set(contract.tables) == {"participants"} and str(contract.contract.people) == "clients"
    assert not any(one.counted for one in contract.metrics.values()) and contract.dimensions["borough"].phrase is None


def test_rows_of_visits_are_counted_apart_from_people_and_yes_is_no_group(bench):
    contract, whole = drafted(bench, SESSIONS)
    assert (contract.tables["sessions"].id, contract.tables["sessions"].person) == (None, "student_id")
    assert (whole.loc["sessions", "value"], whole.loc["people", "value"]) == (120, 25)
    assert (whole.loc["attended_yes", "numerator"], whole.loc["attended_yes", "denominator"]) == (96, 120)
    assert contract.metrics["rearrested_yes"].better == "lower" and whole.loc["rearrested_yes", "numerator"] == 30
    assert set(contract.dimensions) == {"lunch"}  # what people are, not what became of them


def test_when_a_row_was_created_is_no_entry_where_another_date_is_known_of_everybody(bench):
    csv = "ClientID,DateCreated,EnrolledOn,Site\n" + "".join(f"{i},2024-11-01,2025-0{1 + i % 9}-01,{'NS'[i % 2]}\n" for i in range(40))
    contract, _ = drafted(bench, csv)
    assert contract.tables["participants"].entered == "enrolled_on"
    assert set(contract.metrics) == {"participants"}


ROSTER = "Student ID,School,Grade,Start Date,Withdrawn,Fall score,Spring score,Helpful (1-5),Last Modified\n" + "".join(
    f"S{i},{('Lincoln', 'Parks')[i % 2]},{3 + i % 4},2025-0{1 + i % 2}-10,{'2025-04-01' if i % 5 == 0 else ''},{400 + i},"
    f"{'' if i == 3 else 410 + 2 * i},{(1, 2, 3, 4, 5, 9, 99)[i % 7]},2031-01-01\n"
    for i in range(25)
)


def test_files_of_a_folder_are_joined_by_the_key_they_share_and_scores_become_a_gain(bench):
    bench.write("data/t/attendance.csv", SESSIONS)
    bench.write("data/t/roster.csv", ROSTER)
    scaffold_contract("t", bench.root / "data/t", root=bench.root)
    contract = load_contract("t", root=bench.root)
    (join,) = contract.tables["attendance"].join
    assert (join.table, join.on) == ("roster", ("student_id",))
    assert contract.contract.ends.isoformat() == "2025-12-31"  # not the day of an audit column
    assert contract.tables["roster"].missing["helpful_1_5"] == {"9": "Declined", "99": "Not asked"}
    assert (contract.dimensions["school"].kind, str(contract.dimensions["grade"].prefix)) == ("site", "Grade")
    sessions = pd.read_csv(bench.root / "data/t/attendance.csv")
    roster = pd.read_csv(bench.root / "data/t/roster.csv")
    with open_tables(contract, root=bench.root, period="term") as tables:
        table = metric_table(contract, tables, tables.period)
    whole = table[table["period"].eq("term") & table["dimension"].eq("all")].set_index("metric")["value"]
    assert whole["gain"] == pytest.approx((roster["Spring score"] - roster["Fall score"]).mean())
    assert whole["helpful_1_5_mean"] == pytest.approx(roster["Helpful (1-5)"].where(lambda x: x <= 5).mean())
    both = sessions.merge(roster, left_on="StudentID", right_on="Student ID")
    by_school = table.query("metric == 'attended_yes' and period == 'term' and dimension == 'school'").set_index("group")["value"]
    pd.testing.assert_series_equal(by_school, both.groupby("School")["Attended"].mean(), check_names=False)


def test_files_of_the_same_columns_are_one_table(bench):
    for month in (1, 2, 3):
        bench.write(
            f"data/m/clients_2025-0{month}.csv", f"ClientID,EnrolledOn,Site\n{month}1,2025-0{month}-03,N\n{month}2,2025-0{month}-04,S\n"
        )
    scaffold_contract("m", bench.root / "data/m", root=bench.root)
    contract = load_contract("m", root=bench.root)
    assert [one.source for one in contract.tables.values()] == ["data/m/clients_*.csv"]
    assert contract.contract.ends.isoformat() == "2025-03-31"  # what is known of the last file
    with open_tables(contract, root=bench.root) as tables:
        assert sum(one.rows for one in tables.inputs) == 6


def test_files_of_a_month_each_are_joined_with_another_file_and_lists_of_codes_are_no_months(bench):
    for month in (1, 2):
        visits = "".join(f"{month}{i},P{i % 60},2025-0{month}-{1 + i % 28:02d},{'YN'[i % 2]},{i % 3}\n" for i in range(90))
        bench.write(f"data/m/visits-2025-0{month}.csv", f"visit_id,client_id,visit_date,attended,reason\n{visits}")
    bench.write("data/m/clients.csv", "client_id,race\n" + "".join(f"P{i},{1 + i % 2}\n" for i in range(60)))
    bench.write("data/m/race_codes.csv", "code,label\n1,White\n2,Black\n")
    bench.write("data/m/reason_codes.csv", "Code,Label\n0,New\n1,Return\n2,Other\n")
    scaffold_contract("m", bench.root / "data/m", root=bench.root)
    contract = load_contract("m", root=bench.root)
    assert {name: one.source for name, one in contract.tables.items()} == {"clients": "data/m/clients.csv", "visits": "data/m/visits-*.csv"}
    with open_tables(contract, root=bench.root) as tables:
        assert set(tables.dimensions("visits")) == {"race", "reason"}
        assert tables.connection.sql("SELECT DISTINCT dim_reason FROM visits ORDER BY 1").fetchall() == [("New",), ("Other",), ("Return",)]


def test_codes_of_one_column_are_not_explained_by_the_list_of_another(bench):
    people = "".join(f"P{i},2025-{1 + i % 12:02d}-03,{1 + i % 4},{1 + i % 2},{1 + i % 3}\n" for i in range(60))
    bench.write("data/c/people.csv", f"client_id,entry_date,race_code,gender_code,visit_type\n{people}")
    bench.write("data/c/race_code.csv", "code,label\n1,White\n2,Black\n3,Asian\n4,Two or more\n")
    bench.write("data/c/service_type_codes.csv", "code,label\n1,Phone\n2,Office\n3,Home\n")
    scaffold_contract("c", bench.root / "data/c", root=bench.root)
    (table,) = [one for one in load_contract("c", root=bench.root).tables.values() if one.source == "data/c/people.csv"]
    assert dict(table.codes) == {"race_code": "data/c/race_code.csv"}


def test_files_whose_names_have_nothing_in_common_are_one_table_only_where_no_other_file_lies_beside_them(bench):
    for site in ("north", "south"):
        bench.write(f"data/m/{site}.csv", f"ClientID,EnrolledOn,Site\n{site}1,2025-01-03,{site}\n{site}2,2025-02-04,{site}\n")
    scaffold_contract("one", bench.root / "data/m", root=bench.root)
    assert [one.source for one in load_contract("one", root=bench.root).tables.values()] == ["data/m/*.csv"]
    bench.write("data/m/sites.csv", "Site,Ward\nnorth,1\nsouth,2\n")
    scaffold_contract("two", bench.root / "data/m", root=bench.root)
    assert "data/m/*.csv" not in [one.source for one in load_contract("two", root=bench.root).tables.values()]


def test_a_date_that_children_and_families_have_is_no_result_of_itself(bench):
    bench.write("data/f/families.csv", "family_id,start_date\n" + "".join(f"F{i},2025-{1 + i % 12:02d}-03\n" for i in range(60)))
    children = "".join(f"C{i},F{i % 60},{'' if i % 3 else '2025-05-03'},{'YN'[i % 2]}\n" for i in range(100))
    bench.write("data/f/children.csv", f"child_id,family_id,start_date,improved\n{children}")
    scaffold_contract("f", bench.root / "data/f", root=bench.root)
    assert set(load_contract("f", root=bench.root).metrics) == {"participants", "households", "improved_yes"}


def test_rows_are_named_by_several_columns_together_where_it_takes_them(bench):
    courses, students = [(c, p) for c in "AB" for p in ("J", "B")], range(30)
    bench.write("data/o/course.csv", "module,presentation,length\n" + "".join(f"{c},{p},{200 + len(p)}\n" for c, p in courses))
    rows = [(c, p, 100 + i) for c, p in courses for i in students]
    bench.write("data/o/student.csv", "module,presentation,id_student,gender,final_result\n" + "".join(
        f"{c},{p},{i},{'MF'[i % 2]},{('Pass', 'Fail', 'Withdrawn')[i % 3]}\n" for c, p, i in rows))  # fmt: skip
    bench.write(
        "data/o/registration.csv", "module,presentation,id_student,registered\n" + "".join(f"{c},{p},{i},{i % 9 - 4}\n" for c, p, i in rows)
    )
    scaffold_contract("o", bench.root / "data/o", root=bench.root)
    contract = load_contract("o", root=bench.root)
    assert {(join.table, join.on) for join in contract.tables["student"].join} == {
        ("course", ("module", "presentation")), ("registration", ("module", "presentation", "id_student")),
    }  # fmt: skip
    assert contract.metrics["final_result_reached"].that == "final_result in ('Pass')"
    assert contract.tables["student"].person == "id_student"


def test_questions_are_at_most_ten_and_their_answers_are_in_the_file(bench, monkeypatch):
    from acmlib.cli import questions

    bench.write("data/new/export.csv", EXPORT.encode("cp1252"))
    asked = []
    answers = {"Title": "Jobs", "Who": "Works", "Which agency": "City", "Which program": "jobs", "What the contract promises": "40%"}

    def answer(question, default="", **_):
        asked.append(question)
        return next((text for start, text in answers.items() if question.startswith(start)), default)

    monkeypatch.setattr(questions.typer, "prompt", answer)
    drafted = draft("new-one", bench.root / "data/new/export.csv", root=bench.root)
    text = contract_text("new-one", drafted, questions.ask(drafted))
    bench.write("params/new-one/contract.yml", text)
    contract = load_contract("new-one", root=bench.root)
    assert len(asked) <= 10
    assert (contract.contract.provider, contract.contract.agency) == ("Works", "City")
    (main,) = [one for one in contract.metrics.values() if one.main]
    assert [one.value for one in main.target] == [0.4]


@pytest.mark.parametrize("column", ["Left", "Natural", "Order"])
def test_a_column_named_like_a_word_of_sql_makes_a_contract_that_opens(bench, column):
    rows = [f"Student;Enrolled;{column}", *(f"{i};2025-09-01;2025-10-01" for i in range(9)), "9;2025-09-01;"]
    path = bench.write("data/new/x.csv", "\n".join(rows).encode())
    scaffold_contract("new-one", path, root=bench.root)
    contract = load_contract("new-one", root=bench.root)
    with open_tables(contract, root=bench.root) as tables:
        assert not [one for one in check_tables(tables, contract) if one.severity == "error"]
    assert len(contract.metrics) == 2


VOUCHERS = "App No,Household ID,HoH Name,Race/Ethnicity,Voucher Issue Date,Voucher Expiration Date,Lease-Up Date,Status\n" + "".join(
    f"A{i},H{i % 90},Person {i},{RACES[i % 2]},{1 + i % 12}/5/2025,{1 + i % 12}/5/2026,{f'{1 + i % 12}/20/2025' if i % 3 else ''},"
    f"{'Leased' if i % 3 else 'Expired'}\n"
    for i in range(110)
)


def test_households_apply_again_and_a_voucher_expires_in_days_to_come(bench):
    contract, _ = drafted(bench, VOUCHERS)
    people = contract.tables["participants"]
    assert (people.id, people.household, people.entered) == ("app_no", "household_id", "voucher_issue_date")
    assert people.private == ("hoh_name",)
    assert contract.metrics["households"].distinct == "household" and contract.metrics["status_reached"].main
    assert "voucher_expiration_date_6m" not in contract.metrics  # what is planned is no result, and no end of the term
    assert contract.contract.ends.isoformat() == "2025-12-31"


TRIPS = "TripID,RiderID,TripDate,SchedPU,ActPU\n" + "".join(
    f"{i},R{i % 40},3/{1 + i % 28}/2026,3/{1 + i % 28}/2026 1:05 PM,3/{1 + i % 28}/2026 1:{10 + i % 40} PM\n" for i in range(100)
)


def test_what_was_planned_and_what_happened_make_on_time(bench):
    contract, _ = drafted(bench, TRIPS)
    on_time, late = contract.metrics["act_pu_on_time"], contract.metrics["act_pu_late"]
    assert (on_time.that, on_time.main) == ("act_pu <= sched_pu + interval 15 minute", True)
    assert (late.kind, str(late.unit), late.better) == ("median", "minutes", "lower")
    assert contract.tables[on_time.from_].person == "rider_id" and "act_pu_6m" not in contract.metrics


def test_answers_to_a_form_and_a_log_are_joined_by_the_address_they_share(bench):
    form = "Timestamp,Email Address,Which of these describe your child? (Select all that apply)\n" + "".join(
        f'9/{1 + i % 28}/2025 10:00:00,f{i}@mail.com,"{"White, Asian" if i % 9 == 0 else ("Black", "White")[i % 2]}"\n' for i in range(60)
    )
    log = "Email,Session Date,Attendance\n" + "".join(f"f{i % 60}@mail.com,10/{1 + i % 28}/25,{'PA'[i % 4 == 0]}\n" for i in range(200))
    bench.write("data/new/sign ups.csv", form)
    bench.write("data/new/log.csv", log)
    contract = load_contract("n", root=scaffold_contract("n", bench.root / "data/new", root=bench.root).parents[2])
    forms, sessions = contract.tables["sign_ups"], contract.tables["log"]
    assert (forms.id, sessions.person, sessions.join[0].on) == ("email_address", "email_address", ("email_address",))
    assert sessions.private == forms.private == ("email_address",)
    assert [one.standard for one in contract.dimensions.values()] == ["omb-2024"]
    with open_tables(contract, root=bench.root) as tables:
        assert not [finding for finding in check_tables(tables, tables.contract) if finding.severity == "error"]


def test_counts_of_a_month_and_group_become_a_table_of_counts(bench):
    csv = "Month,Clinic,Race/Ethnicity,Appts Scheduled,Appts Kept,No Shows\n"
    for month in ("Jan-25", "Feb-25", "Mar-25"):
        for clinic in ("Harbor", "Main St"):
            csv += f"{month},{clinic},White,60,45,15\n{month},{clinic},Asian,20,<11,<11\n{month},{clinic},Total,80,54,21\n"
    contract, whole = drafted(bench, csv)
    assert contract.tables["counts"].kind == "counts" and set(contract.tables["counts"].measures) == set(contract.metrics)
    assert (contract.dimensions["race_ethnicity"].standard, contract.dimensions["clinic"].kind) == ("omb-2024", "site")
    assert (contract.contract.starts.isoformat(), contract.contract.ends.isoformat()) == ("2025-01-01", "2025-03-31")
    assert (contract.metrics["no_shows"].better, contract.metrics["appts_kept"].main) == ("lower", True)
    assert whole.loc[["no_shows", "appts_kept"], ["numerator", "denominator"]].to_numpy().tolist() == [[126, 480], [324, 480]]


def test_rows_that_count_several_things_are_a_metric_each_and_never_added_up(bench):
    """A column says what is counted: enrolled people and placed ones are no 504 people, whether groups stand beside it or in rows."""
    months = [f"2025-{month:02d}" for month in range(1, 13)]
    counted = (("Enrolled", 30), ("Placed: by Works, or self", 12))
    wide = "month,indicator,site,count\n" + "".join(
        f"{month},{what},{site},{number}\n" if "," not in what else f'{month},"{what}",{site},{number}\n'
        for month in months for what, number in counted for site, number in (("North", number - 5), ("South", 5), ("Total", number))
    )  # fmt: skip
    rows = (("All", "Total", 0), ("Gender", "F", 7), ("Gender", "M", -7))
    long = "month;indicator;category;group;count\n" + "".join(
        f"{month};{what};{kind};{group};{number if not more else number // 2 + more // 7}\n"
        for month in months for what, number in counted for kind, group, more in rows
    )  # fmt: skip
    for csv in (wide, long):
        contract, whole = drafted(bench, csv)
        assert whole["numerator"].to_dict() == {"enrolled": 360, "placed_by_works_or_self": 144}
        assert str(contract.metrics["placed_by_works_or_self"].title).startswith("Placed")
        (bench.root / "params/x/contract.yml").unlink()


def test_money_and_hours_are_no_share_of_people(bench):
    csv = "Year,Program,Clients Served,Cost,Staff Hours\n"
    csv += "".join(f"{year},{name},{30 + year % 7},{900 * year},200\n" for year in (2021, 2022, 2023) for name in ("Day camp", "Tutoring"))
    contract, whole = drafted(bench, csv)
    assert set(contract.metrics) == {"clients_served"} and whole.loc["clients_served", "numerator"] == 2 * (35 + 36 + 30)


def test_answers_with_a_colon_make_a_contract_that_loads(bench):
    ends = ("Placed: full time", "Left #2: moved")
    csv = "client_id;enrolled_on;exit_outcome\n" + "".join(f"c{i};2025-{1 + i % 9:02d}-03;{ends[i % 2]}\n" for i in range(60))
    contract, whole = drafted(bench, csv)
    (main,) = [name for name, one in contract.metrics.items() if one.main]
    assert whole.loc[main, ["numerator", "denominator"]].tolist() == [30, 60]


def test_school_years_by_category_and_group(bench):
    csv = "School Year,School,Category,Student Group,Enrolled,Absent\n"
    for year in ("2023-24", "2024-25"):
        for school in ("Adams", "Baker"):
            csv += f"{year},{school},Race/Ethnicity,White,60,12\n{year},{school},Race/Ethnicity,Black,40,10\n"
            csv += f"{year},{school},English Learner,Yes,30,12\n{year},{school},English Learner,No,70,10\n"
            csv += f"{year},{school},All Students,All Students,100,22\n"
    contract, whole = drafted(bench, csv)
    assert contract.fiscal_year_starts == 7 and contract.contract.starts.isoformat() == "2023-07-01"
    assert set(contract.dimensions) == {"race_ethnicity", "english_learner"}
    assert whole.loc["absent", ["numerator", "denominator"]].tolist() == [88, 400]


def test_a_discharge_is_an_entry_and_what_follows_is_due_within_the_time_that_most_need(bench):
    rows = "".join(
        f"{i},{i % 60},2025-{1 + i % 12:02d}-10 08:30,{f'2025-{1 + i % 12:02d}-11 09:00' if i % 3 else ''},{i % 2},44.9,-93.2,0.{i % 9}\n"
        for i in range(120)
    )
    path = bench.write("data/new/out.csv", f"encounter_id,mrn,discharge_dttm,first_contact_dttm,readmit_30d,lat,long,foreignBorn\n{rows}")
    contract = load_contract("out", root=scaffold_contract("out", path, root=bench.root).parents[2])
    people = contract.tables["participants"]
    assert (people.entered, people.person, people.private) == ("discharge_dttm", "mrn", ("lat", "long"))
    called = contract.metrics["first_contact_dttm_7d"]
    assert (called.that, called.window) == ("first_contact_dttm <= discharge_dttm + interval 7 day", 7)


def test_a_result_that_takes_a_year_is_of_the_month_in_which_it_was_known(bench):
    """By their start, those of last month who have a result gave up: 8% completed, where more than half do."""
    rows = "".join(
        f"A{i},{1 + i % 12}/5/2025,{'' if i % 3 == 2 else f'{1 + i % 12}/20/2026'},{('Completed', 'Cancelled', 'Active')[i % 3]}\n"
        for i in range(120)
    )
    path = bench.write("data/new/trades.csv", f"Apprentice No.,Start Date,Exit Date,Status\n{rows}")
    contract = load_contract("trades", root=scaffold_contract("trades", path, root=bench.root).parents[2])
    assert contract.metrics["status_reached"].date == "exit_date"


def test_a_result_dated_only_where_it_was_reached_is_counted_within_a_time_of_the_start(bench):
    """By the day on which the work was completed 100% were: who was denied has no such day."""
    rows = "".join(
        f"R{i},{1 + i % 12}/5/2025,{f'{1 + i % 12}/25/2025' if i % 2 else ''},{('Denied', 'Completed', 'Active', 'Completed')[i % 4]}\n"
        for i in range(120)
    )
    path = bench.write("data/new/repair.csv", f"Application #,Date Applied,Work Completed,Status\n{rows}")
    metrics = load_contract("repair", root=scaffold_contract("repair", path, root=bench.root).parents[2]).metrics
    metric = metrics["status_reached"]
    assert (metric.date, metric.of, metric.window) == ("date_applied", "date_applied is not null", 90)
    assert metric.that == "status in ('Completed') and work_completed <= date_applied + interval 90 day"
    assert metric.title.translations[""] == "Status: Completed, within 90 days of date applied"
    assert metrics["days_to_work_completed"].of == "coalesce(status, '') not in ('Denied')", "who was denied does not wait"


def test_a_wait_that_ends_for_the_denied_too_counts_them(bench):
    rows = "".join(
        f"R{i},{1 + i % 12}/5/2025,{f'{1 + i % 12}/25/2025' if i % 3 else ''},{('Pending', 'Denied', 'Approved')[i % 3]}\n"
        for i in range(120)
    )
    path = bench.write("data/new/aid.csv", f"Application #,Date Applied,Date Closed,Decision\n{rows}")
    metrics = load_contract("aid", root=scaffold_contract("aid", path, root=bench.root).parents[2]).metrics
    waits = [one for one in metrics.values() if one.kind == "duration"]
    assert waits and all(one.of is None for one in waits)


def test_what_is_not_decided_or_not_known_is_left_out_and_no_failure(bench):
    decisions, housed = ("Approved", "Denied", "Pending", "Approved"), ("Yes", "No", "Unable to contact", "")
    rows = "".join(f'A{i},{i % 70},{1 + i % 12}/15/2025,{decisions[i % 4]},"${1000 + i}.50",{housed[i % 4]},{i % 2}\n' for i in range(120))
    path = bench.write("data/new/aid.csv", f"Application #,HH ID,Date Applied,Decision,Amount Paid,Housed at 6 mo,Low Income\n{rows}")
    contract = load_contract("aid", root=scaffold_contract("aid", path, root=bench.root).parents[2])
    table, metrics = contract.tables["applications"], contract.metrics
    assert (table.household, metrics["applications"].counted.translations[""]) == ("hh_id", "application")
    assert (metrics["decision_reached"].of, metrics["decision_reached"].that) == ("decision not in ('Pending')", "decision in ('Approved')")
    housed_yes = metrics["housed_at_6_mo_yes"]
    assert (housed_yes.of, housed_yes.window) == ("housed_at_6_mo in ('No', 'Yes')", 183)
    assert (metrics["amount_paid_median"].unit.translations[""], "low_income" in contract.dimensions) == ("dollars", True)
    assert metrics["amount_paid_median"].better == "neither", "only people know whether more is better"
    assert not [name for name in metrics if name.startswith("low_income")]


def test_children_belong_to_a_case_their_codes_have_a_list_and_their_ages_are_months(bench):
    rows = "".join(f"{100 + i // 2},{500 + i},2025-{1 + i % 12:02d}-01,,{1 + i % 3},{1 + i}\n" for i in range(140))
    bench.write("data/new/care.csv", f"case_id,child_id,auth_start,auth_end,child_race,child_age_months\n{rows}")
    bench.write("data/new/race_codes.csv", "code,label\n1,White\n2,Asian\n3,Black or African American\n9,Not reported\n")
    contract = load_contract("care", root=scaffold_contract("care", bench.root / "data/new", root=bench.root).parents[2])
    table = contract.tables["participants"]
    assert (table.id, table.person, table.household) == ("child_id", None, "case_id")
    assert (table.codes["child_race"], contract.dimensions["child_race"].standard) == ("data/new/race_codes.csv", "omb-2024")
    assert contract.dimensions["child_age_months"].bands == (0, 12, 36, 60, 120)
    with open_tables(contract, root=bench.root) as tables:
        ages = dict(tables.connection.execute("SELECT dim_child_age_months, count(*) FROM participants GROUP BY 1").fetchall())
        assert (ages["120 and over"], "Not recorded" in ages) == (21, False)  # ten years and more are no impossible age


def test_children_enter_with_their_family_and_what_is_known_of_sites_is_no_metric(bench):
    families = "".join(f"F{i},2025-{1 + i % 12:02d}-03,S{i % 3}\n" for i in range(60))
    children = "".join(f"C{i},F{i // 2},{f'2025-{1 + i % 12:02d}-20' if i % 2 else ''}\n" for i in range(120))
    bench.write("data/new/families.csv", f"family_id,enrolled,site\n{families}")
    bench.write("data/new/children.csv", f"child_id,family_id,screen_date\n{children}")
    bench.write("data/new/sites.csv", "site,median_income\nS0,40000\nS1,50000\nS2,60000\n")
    contract = load_contract("kids", root=scaffold_contract("kids", bench.root / "data/new", root=bench.root).parents[2])
    assert contract.tables["children"].entered == "enrolled"
    assert contract.metrics["screen_date_6m"].that == "screen_date <= enrolled + interval 183 day"
    assert "sites" not in {one.from_ for one in contract.metrics.values()}
    with open_tables(contract, root=bench.root) as tables:
        assert not [finding for finding in check_tables(tables, tables.contract) if finding.severity == "error"]


def test_a_sheet_with_a_column_for_each_month_becomes_a_table_of_counts(bench):
    cells = "".join(
        f"{site if measure == 'Enrolled' else ''},{measure},{','.join(str(base + at) for at in range(12))},999\n"
        for site in ("North", "South") for measure, base in (("Enrolled", 30), ("Completed", 20), ("Service hours", 400))
    )  # fmt: skip
    path = bench.write("data/new/FY26 return.csv", f"Site,Measure,Jul,Aug,Sep,Oct,Nov,Dec,Jan,Feb,Mar,Apr,May,Jun,FY Total\n{cells}")
    contract = load_contract("sheet", root=scaffold_contract("sheet", path, root=bench.root).parents[2])
    assert (contract.tables["counts"].periods_in_columns, contract.contract.starts.isoformat()) == ("2025-07", "2025-07-01")
    with open_tables(contract, root=bench.root) as tables:
        table = metric_table(contract, tables, tables.period)
    term = table[table["period"].eq("term") & table["group"].isin(["All participants", "North"])].set_index(["metric", "group"])
    assert list(term.loc[("completed", "North"), ["numerator", "denominator"]]) == [20 * 12 + 66, 30 * 12 + 66]
    assert term.loc[("service_hours", "All participants"), "numerator"] == 2 * (400 * 12 + 66)


def test_races_in_columns_beside_other_groups_are_groups_and_a_plan_is_the_base_of_what_was_served(bench):
    rows = "".join(f"{school},Q{q} 2025,<11,{20 + q},{30 + q},{60 + 2 * q},80\n" for school in ("North", "South") for q in range(1, 5))
    path = bench.write("data/new/visits.csv", f"School,Quarter,Asian,Black,2 or more races,Visits Served,Visits Planned\n{rows}")
    contract = load_contract("clinic", root=scaffold_contract("clinic", path, root=bench.root).parents[2])
    assert contract.metrics["visits_served"].kind == "rate"  # with a plan beside it, the races are further counts
    path.write_text(path.read_text().replace(",Visits Planned", "").replace(",80\n", "\n"))
    contract = load_contract("clinic2", root=scaffold_contract("clinic2", path, root=bench.root).parents[2])
    assert (set(contract.dimensions), list(contract.metrics)) == ({"race", "school"}, ["visits_served"])
    with open_tables(contract, root=bench.root) as tables:
        term = metric_table(contract, tables, tables.period).query("period == 'term'").set_index("group")
    assert term.at["Black or African American", "numerator"] == 2 * (20 * 4 + 10)
    assert term.at["North", "numerator"] == 60 * 4 + 2 * 10


def test_a_file_of_changes_counts_each_person_as_the_newest_row_says(bench):
    people = "".join(f"D{i},2025-{1 + i % 6:02d}-03\n" for i in range(60))
    changes = "".join(f"D{i},Phase 1,2025-{1 + i % 6:02d}-03\nD{i},{'Graduated' if i % 3 else 'Terminated'},2025-{7 + i % 6:02d}-28\n"
                      for i in range(60))  # fmt: skip
    bench.write("data/new/people.csv", f"CaseNo,Admitted\n{people}")
    bench.write("data/new/phase_history.csv", f"CaseNo,Status,StatusDate\n{changes}")
    contract = load_contract("court", root=scaffold_contract("court", bench.root / "data/new", root=bench.root).parents[2])
    assert contract.tables["phase_history"].id == "case_no"
    with open_tables(contract, root=bench.root) as tables:
        term = metric_table(contract, tables, tables.period).query("period == 'term' and dimension == 'all'").set_index("metric")
    assert list(term.loc["status_reached", ["numerator", "denominator"]]) == [40, 60]


@pytest.mark.parametrize("name", ["service_log.csv", "service_history.csv", "status.csv"])
def test_of_a_list_of_sessions_none_is_left_out(bench, name):
    results = ("Completed", "No show", "Cancelled")
    sessions = "".join(f"D{i % 60},2025-{1 + i // 60:02d}-0{1 + i % 7},{results[i % 3]}\n" for i in range(360))
    bench.write(f"data/new/{name}", f"Client ID,Session Date,Status\n{sessions}")
    contract = load_contract("log", root=scaffold_contract("log", bench.root / "data/new", root=bench.root).parents[2])
    (table,) = contract.tables.values()
    assert (table.id, table.keep, table.person) == (None, None, "client_id")


def test_a_spanish_file_with_ticks_zip_codes_and_births_is_understood(bench):
    months = ("enero", "febrero", "marzo", "abril")
    rows = "".join(
        f"{i};{1 + i % 28} de {months[i % 4]} de 2025;{('Negra', 'Blanca', 'Hispana')[i % 3]};{12 + i % 6};{2118 + i % 3};{'x' * (i % 2)};"
        f"{('Vaginal', 'Cesarean')[i % 2]}\n" for i in range(80)
    )  # fmt: skip
    header = "Núm. caso;Fecha de remisión;Raza;Edad;zip;Deferred;birth_type\n"
    path = bench.write("data/new/casos.csv", (header + rows).encode("latin-1"))
    contract = load_contract("casos", root=scaffold_contract("casos", path, root=bench.root).parents[2])
    (table,) = contract.tables.values()
    assert (table.id, table.entered, table.private) == ("num_caso", "fecha_de_remision", ())
    dimensions = contract.dimensions
    assert (dimensions["raza"].standard, dimensions["edad"].bands[0], dimensions["zip"].geography) == ("omb-2024", 10, "zip")
    assert contract.metrics["deferred_ticked"].that == "deferred is not null"
    with open_tables(contract, root=bench.root) as tables:
        groups = {row[0] for row in tables.connection.execute(f"SELECT DISTINCT dim_raza FROM {next(iter(contract.tables))}").fetchall()}
    assert groups == {"Black or African American", "White", "Hispanic or Latino"}


@pytest.mark.parametrize("blank", ["", " ", "<5"])
def test_months_that_are_still_to_come_are_blank_and_no_last_period(bench, blank):
    cells = "".join(f"{site},{base},{base + 1},{blank},{blank}\n" for site, base in (("North", 5), ("South", 8)))
    path = bench.write("data/new/sheet.csv", f"Site,Jan 2025,Feb 2025,Mar 2025,Apr 2025\n{cells}")
    contract = load_contract("sheet", root=scaffold_contract("sheet", path, root=bench.root).parents[2])
    last = ("2025-04", "2025-04-30") if blank == "<5" else ("2025-02", "2025-02-28")
    assert (contract.period, contract.contract.ends.isoformat()) == last


@pytest.mark.parametrize(
    ("column", "better"),
    [
        ("readmitted_30d", "lower"),
        ("suspended", "lower"),
        ("left_early", "lower"),
        ("terminated", "lower"),
        ("arrived_late", "lower"),
        ("returned_to_work", "higher"),
        ("graduated_90d", "higher"),
    ],
)
def test_what_nobody_wishes_for_is_better_lower(bench, column, better):
    rows = "".join(f"P{i},2025-{1 + i % 12:02d}-03,{'YN'[i % 2]}\n" for i in range(60))
    path = bench.write("data/new/people.csv", f"client_id,entry_date,{column}\n{rows}")
    contract = load_contract("wish", root=scaffold_contract("wish", path, root=bench.root).parents[2])
    assert contract.metrics[f"{column}_yes"].better == better


MARKS = "".join(
    f"P{i},2025-{1 + i % 12:02d}-10,{('North', 'South')[i % 2]},{1 + i % 5},{1 + i * 7 % 5},{1 + i * 3 % 5}\n" for i in range(60)
)
SITES = "".join(f"Center {i},{i + 3},{i % 7},{i % 5}\n" for i in range(60))


@pytest.mark.parametrize(
    ("header", "rows"),
    [("respondent_id,survey_date,site,Q1,Q2,Q3", MARKS), ("respondent_id,survey_date,site,Q1,Q2,Q3", "".join(MARKS.splitlines(True)[:12])),
     ("student_id,tested_on,school,Q2,Q3,Q4", MARKS), ("id,started,site,Decision,Market,Mayor", MARKS),
     ("Site,Jul-25,Aug-25,Sep-25", SITES), ("Site,Jul-25,July 2025,Aug-25", SITES)],
)  # fmt: skip
def test_questions_called_q1_and_what_cannot_be_counts_keep_their_columns(bench, header, rows):
    path = bench.write("data/new/2025.csv", f"{header}\n{rows}")
    contract = load_contract("asked", root=scaffold_contract("asked", path, root=bench.root).parents[2])
    (table,) = contract.tables.values()
    assert table.kind == "rows" and not table.periods_in_columns and "period" not in contract.dimensions
    with open_tables(contract, root=bench.root) as tables:
        name = next(iter(contract.tables))
        assert tables.connection.sql(f'SELECT count(*) FROM "{name}"').fetchall() == [(rows.count("\n"),)]


def test_sheets_of_two_years_without_years_in_their_columns_are_two_tables(bench):
    for year in (25, 26):
        bench.write(f"data/new/FY{year}.csv", "Site,Jul,Aug,Sep\nNorth,1,2,3\nSouth,4,5,6\n")
    contract = load_contract("two", root=scaffold_contract("two", bench.root / "data/new", root=bench.root).parents[2])
    assert [one.periods_in_columns for one in contract.tables.values()] == ["2024-07", "2025-07"]


@pytest.mark.parametrize(
    ("header", "months", "first"),
    [("Year,Month", range(1, 13), "2024-01-01"), ("Fiscal Year,Month Name", MONTH_NAMES, "2023-07-01"),
     ("School Year,Month", MONTH_NAMES, "2023-07-01"), ("FY,Month", range(1, 13), "2023-07-01")],
)  # fmt: skip
def test_year_and_month_in_columns_of_their_own_are_a_period(bench, header, months, first):
    form = {"School": "{}-{}", "FY,Mon": "FY{1}"}.get(header[:6], "{2}")
    rows = "".join(
        f"{form.format(year - 1, year % 100, year)},{month},{site},40,{10 + at}\n"
        for year in (2024, 2025) for at, month in enumerate(months) for site in ("North", "South")
    )  # fmt: skip
    path = bench.write("data/new/ym.csv", f"{header},Site,Served,Placed\n{rows}")
    contract = load_contract("ym", root=scaffold_contract("ym", path, root=bench.root).parents[2])
    assert contract.contract.starts.isoformat() == first and set(contract.dimensions) == {"site"}
    with open_tables(contract, root=bench.root) as tables:
        table = metric_table(contract, tables, tables.period).set_index(["metric", "period", "group"])["numerator"]
    assert table["placed", "2024-05", "North"] == 14 and table["placed", "2024-09", "North"] == 18


def test_what_was_done_is_set_beside_its_plan(bench):
    rows = "".join(
        f"{year}Q{quarter},{site},100,{70 + quarter},40,30\n" for year in (2024, 2025) for quarter in (1, 2, 3, 4) for site in "NS"
    )
    path = bench.write("data/new/plan.csv", f"Quarter,Site,Planned Units,Actual Units,Planned Clients,Actual Clients\n{rows}")
    contract = load_contract("plan", root=scaffold_contract("plan", path, root=bench.root).parents[2])
    assert {key: one.kind for key, one in contract.metrics.items()} == {"actual_units": "rate", "actual_clients": "rate"}
    with open_tables(contract, root=bench.root) as tables:
        table = metric_table(contract, tables, tables.period).set_index(["metric", "period", "group"])["value"]
    assert table["actual_units", "2024Q1", "All participants"] == 0.71


def test_files_of_a_known_standard_and_databases_of_access_are_said_to_be_that(bench, repository):
    (bench.root / "templates").symlink_to(repository / "templates")
    header = "service_request_id,status,service_name,agency_responsible,requested_datetime,expected_datetime,zipcode"
    bench.write("data/sr/requests.csv", f"{header}\n1,open,Tree,Parks,2025-01-02T10:00:00Z,2025-01-09T10:00:00Z,94110\n")
    assert fitting_preset("sr", bench.root / "data/sr", root=bench.root) == "open311"
    bench.write("data/new/people.csv", EXPORT.encode("cp1252"))
    assert fitting_preset("new", bench.root / "data/new", root=bench.root) is None
    bench.write("data/access/cases.accdb", b"Standard ACE DB")
    with pytest.raises(ContractError, match="save the tables that you need as CSV") as refused:
        scaffold_contract("access", bench.root / "data/access", root=bench.root)
    assert "sqlite" not in str(refused.value)


def test_the_tables_of_a_database_become_tables_that_are_joined(bench):
    path = bench.write("data/meals/meals.db", b"")
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE clients (client_id INTEGER, race TEXT, route_id INTEGER, enrolled_on TEXT)")
        base.execute("CREATE TABLE routes (route_id INTEGER, neighborhood TEXT)")
        base.execute("CREATE TABLE deliveries (delivery_id INTEGER, client_id INTEGER, scheduled_on TEXT, delivered INTEGER)")
        base.executemany(
            "INSERT INTO clients VALUES (?, ?, ?, '2025-01-02')", [(i, ("White", "Asian")[i % 2], i % 4) for i in range(1, 61)]
        )
        base.executemany("INSERT INTO routes VALUES (?, ?)", [(i, ("North", "South")[i % 2]) for i in range(4)])
        base.executemany("INSERT INTO deliveries VALUES (?, ?, ?, ?)",
                         [(i, 1 + i % 60, f"2025-{1 + i % 12:02d}-07", int(i % 3 > 0)) for i in range(1, 721)])  # fmt: skip
    base.close()
    made = load_contract("meals", root=scaffold_contract("meals", bench.root / "data/meals", root=bench.root).parents[2])
    assert {name: (one.source, one.table) for name, one in made.tables.items()} == {
        name: ("sqlite:///data/meals/meals.db", name) for name in ("clients", "deliveries", "routes")
    }
    assert made.metrics["delivered_yes"].from_ == "deliveries" and made.contract.starts.isoformat() == "2025-01-01"
    with open_tables(made, root=bench.root) as tables:  # a route is two joins away
        (found,) = tables.connection.sql("SELECT avg(delivered) FROM deliveries WHERE neighborhood = 'South'").fetchall()
    assert found[0] == pytest.approx(np.mean([i % 3 > 0 for i in range(1, 721) if (1 + i % 60) % 2]))
    with pytest.raises(ContractError, match="holds a password"):
        scaffold_contract("other", "postgresql://a:b@db.city.gov/cases", root=bench.root)


def test_short_waits_are_proposed_in_minutes_and_what_comes_back_after_leaving_is_counted_from_there(bench):
    calls = "".join(f"25-{i},{1 + i % 5},2025-{1 + i % 12:02d}-03 10:00:00,2025-{1 + i % 12:02d}-03 10:0{i % 9}:30\n" for i in range(240))
    path = bench.write("data/c/cad.csv", "Incident Number,Council District,Call Received,Unit On Scene\n" + calls)
    made = load_contract("calls", root=scaffold_contract("calls", path, root=bench.root).parents[2])
    assert made.metrics["unit_on_scene_in_time"].that == "unit_on_scene <= call_received + interval 5 minute"
    assert str(made.metrics["minutes_to_unit_on_scene"].unit) == "minutes"
    assert (str(made.contract.people), str(made.metrics["unit_on_scene_in_time"].counted)) == ("requests", "request")
    homes = "".join(f"{i},2025-0{1 + i % 3}-03,2025-0{4 + i % 3}-01,{'2025-08-11' if i % 4 == 0 else ''}\n" for i in range(120))
    path = bench.write("data/h/homes.csv", "Client ID,Project Start Date,Project Exit Date,Return to Homelessness Date\n" + homes)
    back = load_contract("h", root=scaffold_contract("h", path, root=bench.root).parents[2]).metrics["return_to_homelessness_date_6m"]
    assert (back.date, back.of, back.better) == ("project_exit_date", "project_exit_date is not null", "lower")
    assert back.that == "return_to_homelessness_date <= project_exit_date + interval 183 day"


@pytest.mark.parametrize("week", ["2025-W{:02d}", "week of 1/6/2025"])
def test_weekly_counts_are_counts_of_the_month_in_which_a_week_begins(bench, week):
    mondays = [dt.date.fromisocalendar(2025, at, 1) for at in range(10, 50)]
    rows = [(week.format(day.isocalendar().week) if "W" in week else f"{day:%m/%d/%Y}", zip_, 40, 10 + at % 3, "1,200")
            for at, day in enumerate(mondays) for zip_ in ("02118", "02119")]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["week", "ZIP", "Households Served", "New Households", "Pounds"])
    path = bench.write("data/w/weeks.csv", frame.to_csv(index=False))
    made = load_contract("w", root=scaffold_contract("w", path, root=bench.root).parents[2])
    assert (made.metrics["new_households"].kind, made.metrics["pounds"].kind) == ("proportion", "count")  # more pounds than households
    assert made.dimensions["zip"].kind == "place" and str(made.contract.people) == "households"
    with open_tables(made, root=bench.root) as tables:
        found = dict(
            tables.connection.sql("SELECT period, numerator FROM counts WHERE dimension = 'all' AND measure = 'pounds'").fetchall()
        )
    assert found["2025-03"] == 2 * 1200 * sum(day.month == 3 for day in mondays)


def test_events_are_added_up_and_results_without_a_known_success_are_asked_for(bench):
    events = "".join(f"\"Tue, {day:%b} {day.day}, {day.year}\",Main,{20 + i % 7},{12 + i % 5},{('Plea', 'Dismissed')[i % 2]}\n"
                     for i, day in enumerate(pd.date_range("2025-01-01", periods=200)))  # fmt: skip
    path = bench.write("data/l/events.csv", "Event Date,Branch,Registered,Attended,Disposition\n" + events)
    text = scaffold_contract("l", path, root=bench.root).read_text(encoding="utf-8")
    made = load_contract("l", root=bench.root)
    assert [made.metrics[name].kind for name in ("registered_total", "attended_total")] == ["sum", "sum"]
    assert "disposition: Disposition" in text and "that: disposition in (...)  and those of 'Dismissed', 'Plea' that are success" in text


def test_two_tables_of_counts_with_the_same_measures_have_a_metric_each(bench):
    for site in ("north", "south"):
        months = "".join(f"2025-{at:02d},{group},{9 + at},{at}\n" for at in range(1, 13) for group in ("White", "Black"))
        bench.write(f"data/t/{site}.csv", ("month,race,enrolled,placed\n" if site == "north" else "month,race,enrolled,placed,other\n")
                    + (months if site == "north" else months.replace("\n", ",1\n")))  # fmt: skip
    made = load_contract("t", root=scaffold_contract("t", bench.root / "data/t", root=bench.root).parents[2])
    assert {one.from_: one.measure for name, one in made.metrics.items() if name.endswith("_placed")} == {
        "north": "placed",
        "south": "placed",
    }
    with open_tables(made, root=bench.root):
        pass


def test_groups_in_columns_under_two_rows_of_names_are_counts_by_group(bench):
    book = openpyxl.Workbook()
    rows = [["Shelter report"], ["Month", "Enrolled", None, "Completed", None], [None, "Men", "Women", "Men", "Women"]]
    numbers = [[f"{dt.date(2025, month, 1):%b %Y}", 40 + month, 20, 25, 10 + month % 3] for month in range(1, 13)]
    for row in [*rows, *numbers]:
        book.active.append(row)
    path = bench.write("data/s/report.xlsx", b"")
    book.save(path)
    made = load_contract("s", root=scaffold_contract("s", path, root=bench.root).parents[2])
    assert (made.metrics["enrolled"].kind, made.metrics["completed"].kind) == ("count", "proportion")
    with open_tables(made, root=bench.root) as tables:
        cells = metric_table(made, tables, report_period(made, "term")).set_index(["metric", "period", "group"])
    for column, group in ((1, "Men"), (2, "Women")):
        found = cells.loc[("completed", "term", group), ["numerator", "denominator"]].tolist()
        assert found == [sum(row[column + 2] for row in numbers), sum(row[column] for row in numbers)]
    assert cells.loc[("enrolled", "2025-03", "All participants"), "value"] == 63


def test_who_is_in_no_group_of_the_columns_is_counted_in_their_sum(bench):
    head = "Month,Served - Women,Served - Men,Served - Other,Served - Unknown,Served - Declined to say\n"
    path = bench.write("data/s/counts.csv", head + "".join(f"2025-{month:02d},60,40,9,20,1\n" for month in range(1, 13)))
    made = load_contract("s", root=scaffold_contract("s", path, root=bench.root).parents[2])
    with open_tables(made, root=bench.root) as tables:
        cells = metric_table(made, tables, report_period(made, "term")).set_index(["metric", "period", "group"])["value"].sort_index()
    assert cells["served", "2025-03"].to_dict() == {
        "All participants": 130, "Women": 60, "Men": 40, "Other": 9, "Not recorded": 20, "Declined to say": 1,
    }  # fmt: skip


def test_sessions_that_a_person_attended_are_no_rows_of_sessions(bench):
    clients = "".join(f"P-{i},2025-{1 + i % 12:02d}-03,{600 + i % 50},{640 + i % 60},{i % 9}\n" for i in range(120))
    path = bench.write("data/f/c.csv", "ParticipantID,EnrollmentDate,CreditScoreStart,CreditScoreEnd,SessionsAttended\n" + clients)
    made = load_contract("f", root=scaffold_contract("f", path, root=bench.root).parents[2])
    assert list(made.tables) == ["participants"] and made.metrics["sessions_attended_mean"].kind == "mean"
    assert made.metrics["gain"].value == "credit_score_end - credit_score_start"


@pytest.mark.parametrize("word", ["Permanently excluded", "Permanent exclusion", "Metro", "Methadone"])
def test_what_only_begins_like_a_success_is_none(word):
    values = {"Permanent housing": 3, "Met the goal": 2, word: 4}
    seen = ColumnProfile("exit_status", "Exit status", "text", 3, 9, 9, values=values)
    assert successes(seen) == ("Permanent housing", "Met the goal")
