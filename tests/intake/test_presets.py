"""`acm new --preset hmis`: an export of either year becomes a contract with the right numbers. The people are invented."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.load import load_contract
from acmlib.intake import open_tables
from acmlib.intake.check.checks import check_tables
from acmlib.intake.presets.preset import preset_contract
from acmlib.intake.read.ocds import contract_rows
from acmlib.intake.scaffold.placeholders import placeholder_problems
from acmlib.measures.compute import metric_table
from acmlib.release.editions import make_release

RACES = "AmIndAKNative,Asian,BlackAfAmerican,{hispanic},MidEastNAfrican,NativeHIPacific,White,RaceNone"
#: Ticked: White; Black and Latino; none, did not want to say; Asian.
TICKS = ("0,0,0,0,0,0,1,", "0,0,1,1,0,0,0,", "0,0,0,0,0,0,0,9", "0,1,0,0,0,0,0,")
GENDERS = "Woman,Man,NonBinary,CulturallySpecific,Transgender,Questioning,DifferentIdentity"


def export(bench, year):
    """Four people in three households, five enrollments, four exits: two to homes, one unknown, one to shelter; one row deleted."""
    old = year == 2024
    hispanic, more = ("HispanicLatinaeo", GENDERS) if old else ("HispanicLatinao", "Sex")
    said = [("1,0,0,0,0,0,0", "0"), ("0,1,0,0,0,0,0", "1"), ("0,0,0,0,0,0,0", "99"), ("0,0,1,0,1,0,0", "")]
    head = (
        f"PersonalID,FirstName,MiddleName,LastName,NameSuffix,SSN,DOB,{RACES.format(hispanic=hispanic)},{more},VeteranStatus,DateDeleted\n"
    )
    people = [
        f"{i},,,,,,{1980 + 10 * i}-05-01,{TICKS[i - 1]},{said[i - 1][0 if old else 1]},{(0, 1, 9, 99)[i - 1]},\n" for i in range(1, 5)
    ]
    files = {
        "Client.csv": head + "".join(people),
        "Project.csv": "ProjectID,ProjectName,ProjectType,DateDeleted\n10,A,13,\n11,B,0,\n",
        "Enrollment.csv": "EnrollmentID,PersonalID,ProjectID,EntryDate,HouseholdID,RelationshipToHoH,MoveInDate,DateDeleted\n"
        "e1,1,10,2024-01-05,h1,1,2024-02-01,\ne2,2,10,2024-01-05,h1,3,,\ne3,3,11,2024-03-05,h2,1,,\ne4,4,11,2024-04-05,h3,1,,\n"
        "e5,1,11,2024-08-05,h1,1,,\ne6,4,11,2024-08-06,h3,1,,2024-08-07\n",
        "Exit.csv": "ExitID,EnrollmentID,PersonalID,ExitDate,Destination,DateDeleted\nx1,e1,1,2024-06-01,410,\nx2,e2,2,2024-06-01,435,\n"
        "x3,e3,3,2024-06-01,30,\nx4,e4,4,2024-06-02,101,\n",
        "Export.csv": "ExportID,ExportDate,ExportStartDate,ExportEndDate\n1,02-07-2025 12:00:00,2024-01-01,2024-12-31\n",
    }
    for name, text in files.items():
        bench.write(f"data/export/{name}", text)
    shutil.copytree(Path(__file__).parents[2] / "templates/presets", bench.root / "templates/presets")


@pytest.mark.parametrize("year", [2024, 2026])
def test_an_hmis_export_of_either_year_is_counted_as_hud_means_it(bench, year):
    export(bench, year)
    written = preset_contract("shelter", "hmis", Path("data/export"), root=bench.root)
    assert "#?" not in written.read_text(encoding="utf-8") and "guessed from Export.csv" in written.read_text(encoding="utf-8")
    contract = load_contract("shelter", root=bench.root)
    assert len(list(placeholder_problems(contract))) == 3
    with open_tables(contract, root=bench.root) as tables:
        assert not [str(one.what) for one in check_tables(tables, contract) if one.severity == "error"]
        cells = metric_table(contract, tables, tables.period)
    term = cells[cells["period"].eq("term")]
    known = {(row.metric, row.dimension, row.group): (row.numerator, row.denominator) for row in term.itertuples()}
    everyone = "All participants"
    assert known["permanent", "all", everyone] == (2, 4) and known["destination_unknown", "all", everyone] == (1, 4)
    assert known["people", "all", everyone][0] == 4 and known["households", "all", everyone][0] == 3
    assert known["permanent", "race", "Multiracial and/or Multiethnic"] == (1, 1)
    assert known["permanent", "race", "Not recorded"] == (0, 1)
    assert known["permanent", "project_type", "Rapid Re-Housing"] == (2, 2)
    assert known["permanent", "veteran", "Declined"] == (0, 1) and known["permanent", "veteran", "Not asked"] == (0, 1)
    said = ("gender", "Woman") if year == 2024 else ("sex", "Female")
    assert known["permanent", *said] == (1, 1)


def test_what_a_preset_needs_is_said(bench):
    export(bench, 2026)
    (bench.root / "data/export/Exit.csv").unlink()
    with pytest.raises(ContractError, match=r"data/export/Exit.csv: there is no such file"):
        preset_contract("shelter", "hmis", Path("data/export"), root=bench.root)
    with pytest.raises(ContractError, match="--preset 'hmsi': there is no such preset; did you mean 'hmis'"):
        preset_contract("shelter", "hmsi", Path("data/export"), root=bench.root)
    with pytest.raises(ContractError, match="is no folder in the workspace"):
        preset_contract("shelter", "hmis", Path("/etc"), root=bench.root)


def made(bench, preset, folder):
    """Write a contract by a preset, see that its check finds no error but placeholders, and return the whole-term cells by key."""
    shutil.copytree(Path(__file__).parents[2] / "templates/presets", bench.root / "templates/presets", dirs_exist_ok=True)
    preset_contract("made", preset, Path(folder), root=bench.root)
    contract = load_contract("made", root=bench.root)
    assert len(list(placeholder_problems(contract))) == 3
    with open_tables(contract, root=bench.root) as tables:
        assert not [str(one.what) for one in check_tables(tables, contract) if one.severity == "error"]
        cells = metric_table(contract, tables, tables.period)
    term = cells[cells["period"].eq("term")]
    return contract, {(row.metric, row.dimension, row.group): row for row in term.itertuples()}


def told_to_the_provider(bench):
    """Return the groups that the provider edition of a contract that `made` wrote shows, with their counts, by metric and dimension."""
    file = bench.root / "params/made/contract.yml"
    text = file.read_text(encoding="utf-8")
    for placeholder, name in {"Name of the provider": "P", "Name of the agency": "A", "name-of-the-program": "x"}.items():
        text = text.replace(placeholder, name)
    file.write_text(text, encoding="utf-8")
    shown = make_release(load_contract("made", root=bench.root), root=bench.root, edition="provider", earlier=()).handed_out
    shown = shown[shown["period"].eq("term") & shown["status"].isin(["shown", "unreliable"])]
    return {(row.metric, row.dimension, row.group): row.numerator for row in shown.itertuples()}


def test_head_start_programs_are_added_up_as_pandas_adds_them(bench):
    source = Path(__file__).parents[1] / "data/headstart/pir_excerpt.csv"
    few = pd.read_csv(source)
    bench.write("data/pir/pir.csv", source.read_bytes())
    contract, known = made(bench, "head-start", "data/pir")
    assert (str(contract.contract.starts), str(contract.contract.ends)) == ("2019-01-01", "2022-12-31")
    everyone = "All participants"
    assert known["enrolled", "all", everyone].numerator == few["total_cumulative_enrollment"].sum()
    black = known["enrolled", "race_ethnicity", "Black or African American"]
    assert black.numerator == few["black_or_african_american_non_hispanic_enrollees"].sum()
    told = few.dropna(subset=["children_up_to_date_on_epdst_at_enrollment_end", "total_cumulative_enrolled_children"])
    found = known["up_to_date", "all", everyone]
    assert found.numerator == told["children_up_to_date_on_epdst_at_enrollment_end"].sum()
    assert found.denominator == told["total_cumulative_enrolled_children"].sum()


def test_the_example_of_hsds_is_one_active_service_checked_long_ago(bench):
    """Open Referral's example files, version 3.0: assured on 2005-01-01, changed last on 2023-03-15; texts are stated, Urdu is spoken."""
    shared = Path(__file__).parents[1] / "data/hsds"
    for file in shared.glob("*.csv"):
        bench.write(f"data/directory/{file.name}", file.read_bytes())
    contract, known = made(bench, "hsds", "data/directory")
    assert str(contract.contract.ends) == "2023-03-15"
    assert "guessed from last_modified" in (bench.root / "params/made/contract.yml").read_text(encoding="utf-8")
    shares = ("checked", "interpretation", "application", "eligibility", "transport")
    found = {metric: (known[metric, "all", "All participants"].numerator, known[metric, "all", "All participants"].denominator)
             for metric in shares}  # fmt: skip
    assert found == {"checked": (0, 1), **dict.fromkeys(shares[1:], (1, 1))}
    assert known["spoken", "language", "Urdu"].numerator == 1 and known["offered", "location_type", "Physical"].numerator == 1
    assert known["services", "organization", "Example Organization Inc."].numerator == 1


@pytest.mark.parametrize("plural", [True, False])
def test_a_directory_of_services_is_counted_as_pandas_counts_it(bench, plural):
    """Both ways to name the files; a service in two places or with a language twice is one service; optional columns may be absent."""
    services = pd.DataFrame({
        "id": list("abcdef"), "organization_id": list("xxxyyy"), "name": [f"Service {one}" for one in "abcdef"],
        "status": ["active", "active", "inactive", "temporarily closed", "active", "active"],
        "assured_date": ["2025-02-01", "2024-03-31", "2025-01-01", "", "", "2024-04-01"],
        "application_process": ["call", "", "call", "", "write", "walk in"],
        "last_modified": ["2025-03-31T10:00:00Z", *["2024-05-01T10:00:00Z"] * 5],
    })  # fmt: skip
    languages = pd.DataFrame({
        "id": range(5), "service_id": ["a", "a", "b", "c", None], "location_id": [None, "p", None, None, "q"],
        "name": ["Spanish", "Spanish", "Spanish", "Urdu", "Polish"],
    })  # fmt: skip
    places = pd.DataFrame({"id": range(5), "service_id": list("aabcf"), "location_id": list("pqqpr")})
    locations = pd.DataFrame({"id": list("pqr"), "location_type": ["physical", "physical", "virtual"], "name": ["P", "Q", "R"]})
    organizations = pd.DataFrame({"id": list("xy"), "name": ["North House", "South House"]})
    for name, table in {"service": services, "organization": organizations, "location": locations, "language": languages}.items():
        bench.write(f"data/directory/{name}{'s' if plural else ''}.csv", table.to_csv(index=False))
    bench.write("data/directory/service_at_location.csv", places.to_csv(index=False))
    bench.write("data/directory/service_areas.csv", "id,service_id,name\n1,a,City\n")
    contract, known = made(bench, "hsds", "data/directory")
    assert "interpretation" not in contract.metrics and "transport" not in contract.metrics
    active = services[services["status"].eq("active")]
    everyone = "All participants"
    checked = active["assured_date"].gt("2024-03-31").sum()  # the last day of the files is 2025-03-31
    assert (known["checked", "all", everyone].numerator, known["checked", "all", everyone].denominator) == (checked, len(active)) == (2, 4)
    assert known["application", "all", everyone].numerator == active["application_process"].ne("").sum()
    assert known["services", "status", "Temporarily closed"].numerator == 1
    by_language = languages.dropna(subset="service_id").groupby("name")["service_id"].nunique()
    assert {name: known["spoken", "language", name].numerator for name in by_language.index} == by_language.to_dict()
    where = places.merge(locations, left_on="location_id", right_on="id").merge(active, left_on="service_id", right_on="id")
    by_type = where.groupby("location_type")["service_id"].nunique()
    assert {name: known["offered", "location_type", name.title()].numerator for name in by_type.index} == by_type.to_dict()
    assert known["offered", "all", everyone].numerator == where["service_id"].nunique() == 3
    if plural:
        assert told_to_the_provider(bench)["services", "status", "Temporarily closed"] == 1, "one service is no person to be protected"


OPEN311 = """\
[{"service_request_id": "1001", "status": "closed", "service_name": "Pothole", "agency_responsible": "DPW", "zipcode": "02138",
  "requested_datetime": "2025-01-02T09:00:00Z", "updated_datetime": "2025-01-02T21:00:00Z", "expected_datetime": "2025-01-04T09:00:00Z"},
 {"service_request_id": "1002", "status": "closed", "service_name": "Pothole", "agency_responsible": "DPW", "zipcode": "02139",
  "requested_datetime": "2025-01-03T09:00:00Z", "updated_datetime": "2025-02-20T09:00:00Z", "expected_datetime": "2025-01-05T09:00:00Z"},
 {"service_request_id": "1003", "status": "open", "service_name": "Graffiti", "agency_responsible": "DPW", "zipcode": "02138",
  "requested_datetime": "2025-04-30T09:00:00Z", "updated_datetime": "2025-04-30T10:00:00Z", "expected_datetime": null}]
"""
SOCRATA = """\
unique_key,created_date,closed_date,agency,complaint_type,borough,incident_zip,status,due_date,open_data_channel_type
1,2025-01-02T09:00:00.000,2025-01-02T21:00:00.000,DSNY,Pothole,BRONX,10451,Closed,2025-01-04T09:00:00.000,PHONE
2,2025-01-03T09:00:00.000,2025-02-20T09:00:00.000,DSNY,Pothole,QUEENS,11101,Closed,2025-01-05T09:00:00.000,ONLINE
3,2025-04-30T09:00:00.000,,DSNY,Graffiti,BRONX,10451,Open,,PHONE
"""


@pytest.mark.parametrize(("name", "text", "place"), [
    ("requests.json", OPEN311, ("zip", "02138")), ("311.csv", SOCRATA, ("neighborhood", "BRONX")),
])  # fmt: skip
def test_service_requests_of_open311_and_of_portals_are_counted_alike(bench, name, text, place):
    bench.write(f"data/requests/{name}", text)
    contract, known = made(bench, "open311", "data/requests")
    assert (str(contract.contract.starts), str(contract.contract.ends)) == ("2025-01-02", "2025-04-30")
    everyone = "All participants"
    counts = {metric: (known[metric, "all", everyone].numerator, known[metric, "all", everyone].denominator)
              for metric in ("closed_30d", "on_time", "days_to_close")}  # fmt: skip
    assert counts == {"closed_30d": (1, 2), "on_time": (1, 2), "days_to_close": (2, 3)}
    assert known["requests", *place].numerator == 2
    if name == "311.csv":
        assert told_to_the_provider(bench)["requests", *place] == 2, "requests are public records: a place with two is shown"


def ocds(number, method, awarded, signed, category="services"):
    """Three releases of one process: tender, award, contract; the last two without the tender's own fields."""
    common = {"ocid": f"ocds-1-{number}", "buyer": {"name": "City"}}
    days = {"awardID": 1, "id": number, "status": "active", "value": {"amount": 1000 * number, "currency": "USD"}}
    tender = {
        "id": "t",
        "mainProcurementCategory": category,
        "procurementMethod": method,
        "tenderPeriod": {"endDate": "2025-01-10T17:00:00Z"},
    }
    return [
        {**common, "id": "1", "tag": ["tender"], "date": "2025-01-01T00:00:00Z", "tender": tender},
        {**common, "id": "2", "tag": ["award"], "date": "2025-02-01T00:00:00Z",
         "awards": [{"id": 1, "date": f"{awarded}T23:00:00-05:00", "suppliers": [{"id": "s", "name": "Acme"}]}]},
        {**common, "id": "3", "tag": ["contract"], "date": "2025-03-01T00:00:00Z", "contracts": [{**days, "id": str(number)}]},
        {**common, "id": "4", "tag": ["contractUpdate"], "date": "2025-03-02T00:00:00Z",
         "contracts": [{"id": number, **({"dateSigned": f"{signed}T09:00:00Z"} if signed else {}),
                        "milestones": [{"id": "m", "dueDate": "2025-06-01T00:00:00Z", "dateMet": "2025-05-01T00:00:00Z"}]}]},
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["releases", "records", "lines"])
def test_releases_of_one_process_are_one_contract(bench, form):
    releases = [
        *ocds(1, "open", "2025-01-31", "2025-02-10"),
        *ocds(2, "limited", "2025-02-01", "2025-03-03"),
        *ocds(3, "open", "2025-02-03", ""),
    ]
    content = {"uri": "x", "publisher": {"name": "City"}, "releases": releases}
    if form == "records":
        content = {
            "records": [{"ocid": f"ocds-1-{n}", "releases": [one for one in releases if one["ocid"].endswith(str(n))]} for n in (1, 2, 3)]
        }
    text = "\n".join(map(json.dumps, releases)) if form == "lines" else json.dumps(content)
    bench.write(f"data/ocds/city.{'jsonl' if form == 'lines' else 'json'}", text)
    _, known = made(bench, "ocds", "data/ocds")
    everyone = "All participants"
    assert known["signed", "all", everyone].numerator == 2 and known["value", "all", everyone].value == 3000
    assert (known["competed", "all", everyone].numerator, known["competed", "all", everyone].denominator) == (2, 3)
    assert (known["days_to_sign", "all", everyone].numerator, known["days_to_sign", "all", everyone].denominator) == (2, 3)
    assert known["milestones", "all", everyone].numerator == 2
    assert known["competed", "method", "Limited"].numerator == 0
    if form == "releases":
        assert told_to_the_provider(bench)["competed", "method", "Limited"] == 0, "contracts are public records: one of a kind is shown"


def test_the_standards_own_example_is_one_contract(bench):
    """Open Contracting sample data, fictional example 1.1: six releases; its own record says what they compile to."""
    shared = Path(__file__).parents[1] / "data/ocds"
    rows = {name: contract_rows(json.loads((shared / f"{name}.json").read_text(encoding="utf-8"))) for name in ("releases", "record")}
    assert rows["releases"] == rows["record"] and len(rows["record"]) == 1
    found = rows["record"][0]
    assert (found["provider"], found["agency"], found["category"], found["method"]) == (
        "AnyCorp Cycle Provision", "London Borough of Barnet", "works", "open",
    )  # fmt: skip
    assert (found["awarded_on"], found["signed_on"], found["ends"], found["value"], found["paid"]) == (
        "2010-05-10", "2010-06-10", "2011-06-30", 11_000_000, 60_000,
    )  # fmt: skip


def flattened(releases):
    """Return compiled releases as flatten-tool writes them: a table of processes, of awards and of contracts."""
    processes, awards, contracts = {}, [], []
    for one in releases:
        process = processes.setdefault(
            one["ocid"], {"ocid": one["ocid"], "id": "compiled", "date": "2025-03-02T00:00:00Z", "buyer/name": "City"}
        )
        tender = one.get("tender", {})
        process |= {f"tender/{key}": tender[key] for key in ("mainProcurementCategory", "procurementMethod") if key in tender}
        process |= {"tender/tenderPeriod/endDate": tender["tenderPeriod"]["endDate"]} if tender else {}
        awards += [{"ocid": one["ocid"], "awards/0/id": award["id"], "awards/0/date": award["date"], "awards/0/status": "active"}
                   for award in one.get("awards", ())]  # fmt: skip
        contracts += [
            {"ocid": one["ocid"], "contracts/0/id": row["id"], "contracts/0/awardID": row["awardID"],
             "contracts/0/value/amount": row["value"]["amount"], "contracts/0/value/currency": "USD", "contracts/0/status": "active"}
            for row in one.get("contracts", ()) if "awardID" in row
        ]  # fmt: skip
        for row in one.get("contracts", ()):
            contracts[-1]["contracts/0/dateSigned"] = row.get("dateSigned", contracts[-1].get("contracts/0/dateSigned"))
    return {"releases": pd.DataFrame(processes.values()), "awards": pd.DataFrame(awards), "contracts": pd.DataFrame(contracts)}


@pytest.mark.parametrize("closing_days", [True, False])
def test_flattened_ocds_tables_say_what_the_releases_say(bench, closing_days):
    releases = [
        *ocds(1, "open", "2025-01-31", "2025-02-10"),
        *ocds(2, "limited", "2025-02-01", "2025-03-03"),
        *ocds(3, "open", "2025-02-03", ""),
    ]
    tables = flattened(releases)
    if not closing_days:
        tables["releases"] = tables["releases"].drop(columns="tender/tenderPeriod/endDate")
    for name, table in tables.items():
        bench.write(f"data/flat/{name}.csv", table.to_csv(index=False))
    contract, known = made(bench, "ocds-csv", "data/flat")
    everyone = "All participants"
    assert ("days_to_award" in contract.metrics) == closing_days
    merged = tables["contracts"].merge(tables["awards"], left_on=["ocid", "contracts/0/awardID"], right_on=["ocid", "awards/0/id"])
    signed = pd.to_datetime(merged["contracts/0/dateSigned"].str[:10]) - pd.to_datetime(merged["awards/0/date"].str[:10])
    found = known["days_to_sign", "all", everyone]
    assert (found.numerator, found.denominator) == (signed.notna().sum(), len(merged)) == (2, 3)
    assert known["value", "all", everyone].value == merged.loc[signed.notna(), "contracts/0/value/amount"].sum() == 3000
    assert (known["competed", "all", everyone].numerator, known["competed", "all", everyone].denominator) == (2, 3)
    assert (known["competed", "method", "Limited"].numerator, known["signed", "all", everyone].numerator) == (0, 2)
    if closing_days:
        assert known["days_to_award", "all", everyone].denominator == 3


def test_the_standards_own_example_flattened_is_the_same_contract(bench):
    """The example's compiled release, as flatten-tool 0.28.0 flattens it (`--main-sheet-name releases`)."""
    shared = Path(__file__).parents[1] / "data/ocds"
    for file in (shared / "flattened").glob("*.csv"):
        bench.write(f"data/flat/{file.name}", file.read_bytes())
    _, known = made(bench, "ocds-csv", "data/flat")
    (row,) = contract_rows(json.loads((shared / "record.json").read_text(encoding="utf-8")))
    assert known["value", "all", "All participants"].value == row["value"]
    assert known["signed", "agency", row["agency"]].numerator == 1 and known["competed", "category", "Works"].numerator == 1
