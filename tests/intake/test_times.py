"""Times of day: durations between columns that carry them are fractions of days, whole days are said to be so."""

import itertools
import time

import numpy as np
import pandas as pd
import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.periods import report_period
from acmlib.display.voice import Voice
from acmlib.display.words import Words
from acmlib.intake.build.assembly import is_view
from acmlib.intake.check.checks import check_tables
from acmlib.measures import collect
from acmlib.measures.compute import metric_table
from acmlib.measures.meanings import counted
from acmlib.measures.nests import nested_cohorts

WAIT = "metrics: {wait: {title: Wait, kind: duration, from: people, start: opened, end: closed, date: opened, better: lower}}\n"


def _requests(form: str, *, end: str | None = None, rows: int = 301) -> tuple[str, float]:
    """Return a file of requests and their median wait in days, by pandas."""
    opened = pd.Timestamp("2025-03-01 16:40") + pd.to_timedelta(np.arange(rows) * 13.7, "h")
    waited = pd.to_timedelta(np.round(np.linspace(0.3, 5.0, rows) ** 1.2 * 24 * 60), "min")
    frame = pd.DataFrame({"id": range(rows), "opened": opened.strftime(form), "closed": (opened + waited).strftime(end or form)})
    return frame.to_csv(index=False), float(np.median(waited / pd.Timedelta(days=1)))


def _median(tables) -> float:
    cells = metric_table(tables.contract, tables, report_period(tables.contract, "term"))
    return float(cells.query("metric == 'wait' and period == 'term' and dimension == 'all'")["value"].iloc[0])


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%m/%d/%Y %I:%M:%S %p"])
def test_durations_between_times_of_day_are_counted_to_the_minute(bench, form):
    csv, median = _requests(form)
    tables = bench.people(csv, top=WAIT)
    assert tables.columns("people")["opened"] == "DATE"  # its days are what they were: a due date is a whole day
    assert _median(tables) == pytest.approx(median, abs=1 / 1440)
    assert any(one.what.key == "moments" for one in check_tables(tables, tables.contract))


def test_whole_days_are_said_where_one_column_has_no_times_and_not_where_they_were_asked_for(bench):
    csv, _ = _requests("%Y-%m-%d %H:%M", end="%Y-%m-%d")
    tables = bench.people(csv, top=WAIT)
    assert _median(tables) == round(_median(tables))
    assert [one.column for one in check_tables(tables, tables.contract) if one.what.key == "times_cut"] == ["opened"]
    csv, _ = _requests("%Y-%m-%d %H:%M")
    tables = bench.people(csv, more="types: {opened: date, closed: date}", top=WAIT)
    assert not {"times_cut", "moments"} & {getattr(one.what, "key", "") for one in check_tables(tables, tables.contract)}


def test_a_mean_of_days_between_moments_is_a_finding_that_gives_the_expression_for_minutes(bench):
    csv, _ = _requests("%Y-%m-%d %H:%M")
    mean = "metrics: {wait: {title: Wait, kind: mean, from: people, value: VALUE, date: opened, better: lower}}\n"
    tables = bench.people(csv, top=mean.replace("VALUE", "closed - opened"))
    found = [one for one in check_tables(tables, tables.contract) if one.what.key == "times_cut"]
    assert "date_diff('minute', opened, closed)" in found[0].fix
    exact = bench.people(csv, top=mean.replace("VALUE", "\"date_diff('minute', opened, closed) / 1440.0\""))
    frame = pd.read_csv(bench.root / "data/people.csv", parse_dates=["opened", "closed"])
    assert _median(exact) == pytest.approx(((frame["closed"] - frame["opened"]) / pd.Timedelta(days=1)).mean())
    assert not [one for one in check_tables(exact, exact.contract) if one.what.key == "times_cut"]


def test_a_large_file_with_times_is_read_in_one_pass_and_means_the_same(bench):
    csv, median = _requests("%Y-%m-%d %H:%M:%S", rows=301)
    lines = csv.splitlines()
    large = "\n".join([lines[0] + ",note", *(f"{line},{'x' * 60}" for line in lines[1:] * 600)])
    tables = bench.people(large, top=WAIT)
    assert tables.inputs[0].rows == 301 * 600
    assert is_view(tables.connection, "typed", "people")  # the careful way makes a table
    assert _median(tables) == pytest.approx(median, abs=1 / 1440)


HOURS = WAIT.replace("better: lower", "better: lower, unit: UNIT, standard: 4, target: 6")


@pytest.mark.parametrize(("unit", "size", "shown"), [("hours", 60, "{:.1f} hours"), ("minutes", 1, "{:.0f} minutes")])
def test_a_wait_in_hours_is_counted_judged_and_told_in_hours(bench, unit, size, shown):
    rng = np.random.default_rng(3)
    opened = pd.Timestamp("2025-02-01 20:15") + pd.to_timedelta(np.arange(280) * 13.7, "h")
    waited = pd.to_timedelta(rng.integers(5, 1100, 280), "min")
    frame = pd.DataFrame({"id": range(280), "opened": opened, "closed": opened + waited})
    top = f"{HOURS.replace('UNIT', unit)}languages: [en, es]\n"
    tables = bench.people(frame.to_csv(index=False), top=top)
    cells = metric_table(tables.contract, tables, report_period(tables.contract, "2025-08"))
    told = cells[cells["dimension"].eq("all")].set_index(["metric", "period"])
    median = float(np.median(waited[opened < "2025-09-01"] / pd.Timedelta(minutes=size)))
    assert told.loc[("wait", "term"), "value"] == pytest.approx(median, abs=1 / size)
    year = told.loc[[("wait@4d", one) for one in told.loc["wait@4d"].index if one.startswith("P12M")]].iloc[-1]
    assert year["numerator"] == (waited / pd.Timedelta(minutes=size) <= 4)[opened < "2025-09-01"].sum()
    voice = Voice(Words("en"), tables.contract)
    assert voice.value("wait", median) == shown.format(median) and voice.gap("wait", 1.5) == f"+1.5 {unit}"
    assert voice.metric("wait@4d") == f"Wait: within 4 {unit}"
    assert Voice(Words("es"), tables.contract).value("wait", 3) == f"3 {'horas' if unit == 'hours' else 'minutos'}"
    assert [one.severity for one in check_tables(tables, tables.contract) if one.what.key == "in_hours"] == ["note"]


def test_a_wait_in_minutes_is_counted_to_the_second(bench):
    csv = "id,opened,closed\n" + "".join(f"{i},2025-03-0{1 + i % 9} 10:00:30,2025-03-0{1 + i % 9} 10:01:49\n" for i in range(30))
    tables = bench.people(csv, top=HOURS.replace("UNIT", "minutes"))
    assert _median(tables) == pytest.approx(79 / 60)
    assert Voice(Words("en"), tables.contract).value("wait", 79 / 60) == "1.3 minutes"


@pytest.mark.parametrize("unit", ["hours", "minutes"])
def test_of_very_many_moments_no_wait_is_told_to_be_shorter_than_it_was(bench, monkeypatch, unit):
    """A second (minute) above the standard is above it, whatever is put together to draw a curve."""
    monkeypatch.setattr(collect, "MOST_MOMENTS", 60)
    size = pd.Timedelta(1, "h" if unit == "hours" else "min")
    waited = size * 4 + np.arange(-100, 101) * size / 60
    opened = pd.Timestamp("2025-02-01 20:15") + pd.to_timedelta(np.arange(201) * 13.7, "h").floor("min")
    frame = pd.DataFrame({"id": range(201), "opened": opened, "closed": opened + waited})
    tables = bench.people(frame.to_csv(index=False), top=HOURS.replace("UNIT", unit))
    cells = metric_table(tables.contract, tables, report_period(tables.contract, "term"))
    told = cells[cells["dimension"].eq("all") & cells["period"].eq("P12M/2025-11")].set_index("metric")
    assert told.loc["wait@4d", "numerator"] == 101
    assert told.loc["wait", "value"] == pytest.approx(4, abs=5 / 60)


def test_hours_between_days_are_an_error_and_no_number(bench):
    csv, _ = _requests("%Y-%m-%d %H:%M", end="%Y-%m-%d")
    tables = bench.people(csv, top=HOURS.replace("UNIT", "hours"))
    found = [one for one in check_tables(tables, tables.contract) if one.what.key == "hours_without_times"]
    assert [(one.severity, one.column, one.metrics) for one in found] == [("error", "closed", ("wait",))]
    assert np.isnan(_median(tables))


def _zoned(opened: str, closed: str, rows: int = 12) -> str:
    return "id,opened,closed\n" + "".join(f"{one},{opened},{closed}\n" for one in range(rows))


@pytest.mark.parametrize(("opened", "closed", "hours"), [
    ("2025-03-09T01:30:00-05:00", "2025-03-09T03:30:00-04:00", 1),  # clocks are put forward in between
    ("2025-11-02T00:30:00-04:00", "2025-11-02T03:30:00-05:00", 4),  # and back
    ("2025-06-02T09:00:00-04:00", "2025-06-02T15:30:00Z", 2.5),
    ("2025-06-02 09:00:00.000 EDT", "2025-06-02 15:30:00+00", 2.5),  # +00: as PostgreSQL writes it
    ("6/2/2025 9:00 AM CDT", "6/2/2025 10:30 AM EDT", 0.5),
    ("2025-06-30T22:00:00-04:00", "2025-06-30T23:15:00-04:00", 1.25),  # in UTC it is July
    ("2025-03-09 01:30", "2025-03-09 03:30", 2),  # no zone: by the clock on the wall
])  # fmt: skip
def test_time_zones_are_reckoned_with(bench, opened, closed, hours):
    tables = bench.people(_zoned(opened, closed), top=HOURS.replace("UNIT", "hours"))
    assert _median(tables) == pytest.approx(hours)
    day = tables.connection.sql("SELECT DISTINCT opened::VARCHAR FROM people").fetchall()
    assert day == [(str(pd.Timestamp(opened[:10] if opened[:4] == "2025" else "2025-06-02").date()),)]  # the day on which it was there
    assert not [one for one in check_tables(tables, tables.contract) if one.what.key == "mixed_zones"]
    exact = HOURS.replace("UNIT", "hours").replace("kind: duration", "kind: mean, value: \"date_diff('minute', opened, closed) / 60.0\"")
    mean = bench.people(_zoned(opened, closed), top=exact.replace(", start: opened, end: closed", "").replace(", standard: 4", ""))
    assert _median(mean) == pytest.approx(hours)


def test_times_with_a_zone_beside_times_without_one_are_an_error(bench):
    tables = bench.people(_zoned("2025-06-02 09:00:00", "2025-06-02T15:30:00Z"), top=HOURS.replace("UNIT", "hours"))
    found = [one for one in check_tables(tables, tables.contract) if one.what.key == "mixed_zones"]
    assert [(one.severity, one.rows) for one in found] == [("error", 12)] and "12 times in opened, closed" in str(found[0].what)


def test_a_large_file_with_zones_means_the_same(bench):
    lines = _zoned("2025-03-09T01:30:00-05:00", "2025-03-09T03:30:00-04:00", 1).splitlines()
    large = "\n".join(["id,opened,closed,note", *(f"{one},{lines[1][2:]},{'x' * 200}" for one in range(70_000))])
    tables = bench.people(large, top=HOURS.replace("UNIT", "hours"))
    assert _median(tables) == pytest.approx(1)


def test_public_editions_know_that_a_shorter_wait_is_part_of_a_longer_one(bench):
    tables = bench.people(_zoned("2025-06-02 09:00", "2025-06-02 10:30"), top=HOURS.replace("UNIT", "hours"))
    known = counted(tables.contract)
    chain = [known[name].numerator for name in ("wait@2d", "wait@4d", "wait@8d", "wait@16d", "wait")]
    found = nested_cohorts(tables.contract, tables.connection)
    assert {pair for pair in found if {*pair} <= {*chain}} == set(itertools.combinations(chain, 2))


def test_times_are_read_as_people_write_them(bench, rows):
    """With and without a blank before the half of the day, with dots, with and without seconds; what is no time of day is no date."""
    written = [
        "3/4/2025 1:05:00 PM",
        "3/4/2025 1:05PM",
        "3/4/2025 1:05 p.m.",
        "3/4/2025 13:05",
        "2025-03-04T13:05:00.000",
        "4-Mar-2025 13:05",
    ]
    csv = "id,called\n" + "".join(f"{at},{text}\n" for at, text in enumerate([*written, "3/4/2025 25:00"]))
    tables = bench.people(csv, "types: {called: datetime}", top="metrics: {calls: {title: Calls, kind: count, from: people}}")
    moment = pd.Timestamp(2025, 3, 4, 13, 5).to_pydatetime()
    assert rows(tables, "SELECT called FROM people ORDER BY id") == [*[(moment,)] * len(written), (None,)]


@pytest.mark.parametrize(("zone", "day"), [("America/New_York", "2025-06-30"), ("UTC", "2025-07-01"), (None, "2025-06-30")])
def test_moments_of_parquet_files_have_the_day_of_their_zone_on_every_machine(bench, monkeypatch, zone, day):
    opened = pd.to_datetime(["2025-03-09T06:30Z", "2025-07-01T01:30Z"])  # the night in which clocks are put forward; the evening of June 30
    closed = opened + pd.to_timedelta([3, 3], "h")
    opened, closed = (one.tz_convert(zone or "America/New_York") for one in (opened, closed))
    if zone is None:
        opened, closed = opened.tz_localize(None), closed.tz_localize(None)
    frame = pd.DataFrame({"id": [1, 2], "opened": opened, "closed": closed})
    path = bench.root / "data/people.parquet"
    path.parent.mkdir(parents=True)
    frame.to_parquet(path)
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    try:
        tables = bench.open(f"tables: {{people: {{source: data/people.parquet, id: id}}}}\n{HOURS.replace('UNIT', 'hours')}")
        assert tables.connection.sql("SELECT max(opened)::DATE::VARCHAR FROM people").fetchall() == [(day,)]
        wall = 4 if zone is None else 3  # without a zone, the clock on the wall passed an hour that was not there
        assert tables.connection.sql("SELECT max(closed - opened)::VARCHAR FROM people").fetchall()[0][0] == (
            "03:00:00" if zone == "UTC" else "04:00:00"
        )
        assert _median(tables) == pytest.approx((wall + 3) / 2)
        assert not [one for one in check_tables(tables, tables.contract) if one.severity == "error"]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_an_end_before_its_start_on_the_same_day_is_named(bench):
    csv = (
        "id,opened,closed\n1,2025-01-02 09:00,2025-01-02 08:00\n2,2025-12-30 09:00,2025-12-30 10:00\n3,2025-12-30 09:00,2025-12-30 11:00\n"
    )
    tables = bench.people(csv, "id: id", top=HOURS.replace("UNIT", "hours"))
    assert _median(tables) == 1.5
    assert [one.rows for one in check_tables(tables, tables.contract) if one.what.key == "ends_early"] == [1]


MOMENTS = "types: {opened: datetime, closed: datetime}"


def _days(tables) -> list[str]:
    return [one for (one,) in tables.connection.sql("SELECT opened::DATE::VARCHAR FROM people ORDER BY id").fetchall()]


@pytest.mark.parametrize("night", ["2025-03-09", "2025-11-02"])  # clocks are put forward, and back
@pytest.mark.parametrize(
    "more", ["types: {opened: datetime, closed: datetime}", "time_zone: America/New_York", f"{MOMENTS}\ntime_zone: America/New_York"]
)
@pytest.mark.parametrize("sent", ["America/New_York", "UTC"])
def test_moments_count_to_the_day_of_the_place_and_last_as_long_as_they_did(bench, night, more, sent):
    """Every half hour of the two days around a change of clocks, in winter and in summer time; each closed after nine hours."""
    opened = pd.date_range(f"{night} 00:00", periods=2, freq="D", tz="America/New_York")
    opened = pd.date_range(opened[0] - pd.Timedelta(hours=6), opened[1] + pd.Timedelta(hours=6), freq="30min").insert(
        0, pd.Timestamp(f"{night[:4]}-07-01 00:10", tz="America/New_York")
    )
    frame = pd.DataFrame({"opened": opened, "closed": opened + pd.Timedelta(hours=9)})
    csv = frame.apply(lambda column: [one.tz_convert(sent).isoformat().replace("+00:00", "Z") for one in column]).to_csv(index_label="id")
    derived = more + '\nderive: {finished: "case when closed is not null then closed end", spent: "date_diff(\'minute\', opened, closed)"}'
    tables = bench.people(csv, derived, top=HOURS.replace("UNIT", "hours").replace("end: closed", "end: finished"))
    assert _median(tables) == 9
    place = opened if "time_zone" in more else opened.tz_convert(sent)
    assert _days(tables) == [str(one.date()) for one in place]
    assert tables.connection.sql("SELECT min(spent), max(spent) FROM people").fetchall() == [(540, 540)]
    keys = {one.what.key for one in check_tables(tables, tables.contract) if one.severity != "note"}
    assert ("utc_days" in keys) == ("time_zone" not in more and sent == "UTC")
    within = "metrics: {quick: {title: Quick, kind: proportion, from: people, that: closed < opened + interval 541 minute, date: opened}}\n"
    share = bench.people(csv, more, top=within)
    cells = metric_table(share.contract, share, report_period(share.contract, "term"))
    assert cells.query("metric == 'quick' and period == 'term' and dimension == 'all'")["value"].tolist() == [1.0]


@pytest.mark.parametrize("site", ["North", "Peñón"])
def test_the_hour_and_the_day_of_a_moment_are_those_of_the_clock_in_summer_too(bench, site):
    """Opened at half past nine and at half past midnight in July, closed after twenty minutes; what is asked has letters of two bytes."""
    csv = f"id,site,opened,closed\n1,{site},2025-07-01T09:30:00-04:00,2025-07-01T13:50:00Z\n"
    csv += f"2,{site},2025-07-02T00:30:00-04:00,2025-07-02T04:50:00Z\n"
    asked = f"site = '{site}' and opened::date = date '2025-07-0{{}}' and hour(opened) = {{}} and date_diff('minute', opened, closed) = 20"
    metrics = "\n".join(
        f'  m{day}: {{title: M, kind: proportion, from: people, that: "{asked.format(day, hour)}", date: opened}}'
        for day, hour in ((1, 9), (2, 0))
    )
    tables = bench.people(csv, "time_zone: America/New_York", top=f"metrics:\n{metrics}\n")
    cells = metric_table(tables.contract, tables, report_period(tables.contract, "term"))
    assert cells.query("period == 'term' and dimension == 'all'")["numerator"].tolist() == [1, 1]


@pytest.mark.parametrize("place", ["time_zone: America/New_York", ""])
@pytest.mark.parametrize("done", ["coalesce(closed, entered)", "closed", "least(closed, opened + interval 9 hour)"])
def test_a_wait_in_hours_to_a_moment_made_of_others_is_that_of_their_times_in_summer_too(bench, place, done):
    csv = "id,opened,entered,closed\n" + "".join(
        f"{i},2025-07-0{1 + i}T12:00Z,2025-07-09T12:00Z,2025-07-0{1 + i}T13:00Z\n" for i in range(8)
    )
    more = f"{place}\nderive: {{morning: hour(opened) < 9, done: '{done}'}}"
    tables = bench.people(csv if place else csv.replace("Z", ""), more, top=HOURS.replace("UNIT", "hours").replace("closed", "done"))
    assert _median(tables) == 1
    assert tables.connection.sql("SELECT DISTINCT morning, hour(done) FROM people").fetchall() == [(True, 9) if place else (False, 13)]


def test_a_place_tells_the_time_of_what_was_sent_without_a_zone_and_days_stay_days(bench):
    csv = "id,opened,closed,born\n1,2025-03-09 01:30,2025-03-09T07:30:00Z,2001-07-01T00:00:00Z\n"
    tables = bench.people(csv, "time_zone: America/New_York", top=HOURS.replace("UNIT", "hours"))
    assert _median(tables) == 1  # from half past one to half past three by the clock on the wall
    assert tables.connection.sql("SELECT born::VARCHAR FROM people").fetchall() == [("2001-07-01",)]  # midnight in UTC is no moment
    assert not [one for one in check_tables(tables, tables.contract) if one.what.key in ("mixed_zones", "utc_days")]


def test_moments_told_by_clocks_far_apart_are_told_by_one_and_that_is_said(bench):
    csv = "id,opened,closed\n1,2025-06-30T23:30:00-04:00,2025-07-01T04:30:00Z\n2,2025-06-30T20:30:00-07:00,2025-07-01T00:30:00-04:00\n"
    tables = bench.people(csv, MOMENTS, top=HOURS.replace("UNIT", "hours"))
    assert _median(tables) == 1 and _days(tables) == ["2025-06-30", "2025-06-30"]
    found = [one for one in check_tables(tables, tables.contract) if one.what.key == "several_clocks"]
    assert [one.rows for one in found] == [2] and "UTC-4:00" in str(found[0].why)


@pytest.mark.parametrize("zone", ["Z", "-04:00"])
def test_moments_with_a_zone_among_others_without_one_are_an_error_in_utc_too(bench, zone):
    csv = "id,opened,closed\n" + "".join(f"{at},2025-07-0{at}T12:00:00{zone},2025-07-0{at}T20:00:00{zone}\n" for at in range(1, 7))
    tables = bench.people(csv + "7,2025-07-02T12:00:00,2025-07-02T20:00:00\n", MOMENTS, top=HOURS.replace("UNIT", "hours"))
    assert [one.rows for one in check_tables(tables, tables.contract) if one.what.key == "mixed_zones"] == [2]


@pytest.mark.parametrize("given", ["EST", "New York", "America/NewYork", "eastern"])
def test_a_time_zone_is_a_place_that_is_known(bench, given):
    with pytest.raises(ContractError, match=r"time_zone is '.*'; .*use a place as America/New_York"):
        bench.people("id,opened,closed\n1,2025-01-01,2025-01-02\n", f"time_zone: {given}", top=WAIT)


@pytest.mark.parametrize(("days", "said"), [(("2025-06-03",), 1), (("2025-06-03 00:00:00", "2025-06-04"), 2), (("",), 0)])
def test_days_among_moments_are_said_and_count_from_midnight(bench, days, said):
    rows = [f"{at},2025-06-02 {9 + at % 8}:1{at % 10},2025-06-02 {17 + at % 5}:30" for at in range(30)]
    rows += [f"{30 + at},2025-06-02 20:00,{day}" for at, day in enumerate(days)]
    tables = bench.people("id,opened,closed\n" + "\n".join(rows) + "\n", top=HOURS.replace("UNIT", "hours"))
    found = [one for one in check_tables(tables, tables.contract) if one.what.key == "days_among_moments"]
    placed = bench.people("id,opened,closed\n" + "\n".join(rows) + "\n", f"{MOMENTS}\ntime_zone: America/New_York")
    assert len([one for one in placed.noticed if one.what.key == "days_among_moments"]) == len(found)  # once, not for each clock
    assert [(one.column, one.rows) for one in found] == ([("closed", said)] if said else [])


def test_times_on_the_hour_are_at_midnight_now_and_then(bench):
    opened = pd.date_range("2025-03-01", periods=200, freq="7h")
    frame = pd.DataFrame({"opened": opened, "closed": opened + pd.Timedelta(hours=5)})
    tables = bench.people(frame.to_csv(index_label="id", date_format="%Y-%m-%d %H:%M"), top=HOURS.replace("UNIT", "hours"))
    assert not [one for one in check_tables(tables, tables.contract) if one.what.key == "days_among_moments"]


@pytest.mark.parametrize("end", ["arrived", "reached"])
@pytest.mark.parametrize("types", ["types: {opened: datetime}", ""])
def test_a_wait_up_to_a_moment_in_a_joined_table_is_counted_by_the_clock_of_one_place(bench, end, types):
    """Clocks are put forward in between: from half past one to half past eight there are six hours."""
    bench.write("data/units.csv", "unit,arrived\n" + "".join(f"{at},2025-03-09T08:30:00-04:00\n" for at in range(20)))
    calls = "id,unit,opened\n" + "".join(f"{at},{at},2025-03-09T06:30:00Z\n" for at in range(20))
    place = "time_zone: America/New_York"
    more = f'{types}\n{place}\njoin: {{table: units, on: unit}}\nderive: {{reached: "case when arrived is not null then arrived end"}}'
    units = f"  units: {{source: data/units.csv, {place}{', types: {arrived: datetime}' if types or end == 'reached' else ''}}}\n"
    tables = bench.people(calls, more, top=units + HOURS.replace("UNIT", "hours").replace("closed", end))
    assert _median(tables) == 6
    assert not [one for one in check_tables(tables, tables.contract) if one.what.key == "hours_without_times"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_newest_of_two_rows_of_a_day_is_the_later_one(bench, order):
    lines = ("1,2025-02-01T09:00:00-05:00,South", "1,2025-02-01T10:00:00Z,North")  # two o'clock in UTC, and ten
    csv = "id,modified,site\n" + "".join(f"{lines[at]}\n" for at in order)
    tables = bench.people(csv, "id: id\nkeep: newest by modified")
    assert tables.connection.sql("SELECT site FROM people").fetchall() == [("South",)]
