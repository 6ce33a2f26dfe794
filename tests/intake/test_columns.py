"""Columns get the types that their values have, and what cannot be read is counted by row, never quoted."""

import datetime as dt

import pytest

from acmlib.intake.check.checks import check_tables


def types(tables):
    return {column: kind for column, kind in tables.columns("people").items() if not column.startswith("_")}


def test_types_are_guessed_from_all_values(bench, rows):
    tables = bench.people(
        "id,age,score,on_time,joined,school,active\n1,14,0.5,1,2025-03-01,North,true\n2,,1e1,0,2025-03-02,12,false\n3,17,NA,1,,South,TRUE\n"
    )
    assert types(tables) == {
        "id": "BIGINT", "age": "BIGINT", "score": "DOUBLE", "on_time": "BIGINT", "joined": "DATE", "school": "VARCHAR", "active": "BOOLEAN",
    }  # fmt: skip
    assert rows(tables, "SELECT score, joined FROM people ORDER BY id") == [
        (0.5, dt.date(2025, 3, 1)),
        (10.0, dt.date(2025, 3, 2)),
        (None, None),
    ]
    assert tables.noticed == ()


def test_codes_with_leading_zeros_stay_text_even_late_in_the_file(bench, rows):
    many = "".join(f"{i},{i}\n" for i in range(1, 2000))
    tables = bench.people("zip,n\n" + many + "02139,5\n")
    assert types(tables) == {"zip": "VARCHAR", "n": "BIGINT"}
    assert rows(tables, "SELECT zip FROM people WHERE zip LIKE '0%'") == [("02139",)]


def test_an_id_is_text_whatever_it_looks_like(bench, rows):
    tables = bench.people("pid,x\n1,2\n2,3\n", "id: pid")
    assert types(tables) == {"pid": "VARCHAR", "x": "BIGINT"}


def test_integers_then_decimals_are_numbers_and_long_digits_are_not(bench):
    many = "".join(f"{i},12345678901234567890\n" for i in range(1, 1500))
    assert types(bench.people("n,account\n" + many + "2.5,1\n")) == {"n": "DOUBLE", "account": "VARCHAR"}


@pytest.mark.parametrize(
    ("values", "first"),
    [
        ("2025-03-04 13:00:00\n2025-12-31T08:00:00Z\n2025-01-01 08:00:00.123\n", dt.date(2025, 3, 4)),
        ("2025/3/4\n2025/12/31\n", dt.date(2025, 3, 4)),
        ("4.3.2025\n31.12.2025\n", dt.date(2025, 3, 4)),
        ("3/4/2025\n12/31/2025\n", dt.date(2025, 3, 4)),
        ("3/4/25 1:05 PM\n12/31/25 8:00 AM\n", dt.date(2025, 3, 4)),
        ("4/3/2025\n31/12/2025\n", dt.date(2025, 3, 4)),
        ("3/4/25\n12/31/25\n", dt.date(2025, 3, 4)),
        ("4-Mar-2025\n31-Dec-2025\n", dt.date(2025, 3, 4)),
        ('"Tue, Mar 4, 2025"\n"Wednesday, December 31, 2025"\n"Sept. 5, 2025"\n', dt.date(2025, 3, 4)),
        ('"March 4th, 2025"\n31 Dec 2025\n5 Sept 2025\n"Sept. 5, 2025 2:05 p.m."\n', dt.date(2025, 3, 4)),
        ("4-mar-25\n31-dic-25\n5-Sept-25\n1-Aug-25\n", dt.date(2025, 3, 4)),
        ('"martes, 4 de marzo de 2025"\n31 de diciembre del 2025\n7 de septiembre de 2025\n1º de enero de 2025\n', dt.date(2025, 3, 4)),
        ('"3/4/2025, 2:05 PM"\n"12/31/2025, 8:00 AM"\n', dt.date(2025, 3, 4)),
        ("Tue 4/3/2025\nWed 31/12/2025\n", dt.date(2025, 3, 4)),
    ],
)
def test_dates_in_the_forms_that_files_have(bench, rows, values, first):
    tables = bench.people("d\n" + values)
    assert rows(tables, "SELECT min(d), typeof(min(d)) FROM people WHERE month(d) = 3") == [(first, "DATE")]
    assert tables.noticed == ()


def test_numbers_with_one_unit_are_numbers_and_with_several_are_texts(bench, rows):
    saved = "".join(f'"{1000 + i:,} kWh",{i} {"min" if i % 2 else "hours"}\n' for i in range(9))
    tables = bench.people("saved,waited\n" + saved)
    assert types(tables) == {"saved": "DOUBLE", "waited": "VARCHAR"}
    assert rows(tables, "SELECT max(saved) FROM people") == [(1008,)]


@pytest.mark.parametrize("form", ["${}/hr", "${} per hour", "$ {} an hour", "{} / hr", "${} hourly"])
def test_a_wage_an_hour_is_a_number_and_beside_a_salary_a_year_it_is_none(bench, rows, form):
    wages = "wage,mixed\n" + "".join(f"{form.format(18 + at / 4)},{'$18.50/hr' if at % 2 else '$41000/yr'}\n" for at in range(9))
    tables = bench.people(wages)
    assert types(tables) == {"wage": "DOUBLE", "mixed": "VARCHAR"}
    assert rows(tables, "SELECT max(wage) FROM people") == [(20,)]


def test_a_number_and_a_word_are_the_name_of_a_group(bench, rows):
    homes = "home\n" + "".join(f"{at % 6} BR\n" for at in range(12))
    tables = bench.people(homes, top="dimensions: {home: {order: [0 BR, 1 BR]}}")
    assert rows(tables, "SELECT min(dim_home), max(dim_home) FROM people") == [("0 BR", "5 BR")]


def test_dates_that_could_be_either_are_said_to_be_so(bench, rows):
    tables = bench.people("d\n3/4/2025\n5/6/2025\n")
    assert rows(tables, "SELECT d FROM people")[0] == (dt.date(2025, 3, 4),)
    assert "read month first; nothing in d tells" in tables.noticed[0].what
    told = bench.people("d\n3/4/2025\n5/6/2025\n", "dates: day first")
    assert rows(told, "SELECT d FROM people")[0] == (dt.date(2025, 4, 3),)
    assert told.noticed == ()


def test_unreadable_dates_and_numbers_are_counted_by_row_and_not_quoted(bench, rows):
    good = "".join(f"2025-01-{day:02d},{day}\n" for day in range(1, 21))
    tables = bench.people("d,n\n" + good + "soon,Maria Lopez\n2025-02-30,3\n", "types: {n: number}")
    by_column = {finding.column: finding for finding in tables.noticed}
    assert by_column["d"].what == "2 values of 22 cannot be read as date (row 22, 23)"
    assert by_column["n"].what == "1 value of 22 cannot be read as number (row 22)"
    assert (by_column["d"].severity, by_column["d"].who, by_column["d"].rows) == ("warning", "provider", 2)
    assert "Maria" not in str(tables.noticed)
    assert "soon" not in str(tables.noticed)
    assert rows(tables, "SELECT count(*), count(d), count(n) FROM people") == [(22, 20, 21)]


def test_columns_are_mapped_and_recoded_and_the_rest_keep_their_names(bench, rows):
    tables = bench.people(
        "PersonalID,Race Code,Left Early,Site\n001,W,Y,North\n002,B,,North\n003,X,N,South\n",
        """
        columns: {participant_id: personalid, race: Race  Code, left: Left Early}
        recode: {race: {W: White, B: Black or African American}, left: {Y: true, N: false, "": "false"}}
        types: {left: boolean}
        """.replace("true, N: false", '"true", N: "false"'),
    )
    assert rows(tables, "SELECT participant_id, race, \"left\", Site FROM people ORDER BY 1") == [
        ("001", "White", True, "North"), ("002", "Black or African American", False, "North"), ("003", "X", False, "South"),
    ]  # fmt: skip
    (finding,) = tables.noticed
    assert "1 value that recode does not name: 'X'" in finding.what
    assert finding.rows == 1


def test_values_of_private_columns_are_in_no_finding(bench):
    tables = bench.people("id,street\n1,A\n2,Elm Street 5\n", "private: [street]\nrecode: {street: {A: Ash}}")
    assert tables.noticed
    assert "Elm" not in str(tables.noticed)


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("decimal comma, semicolons", "n;m\n1,5;1.234,5\n2;10\n"),
        ("decimal comma, tabs", "n\tm\n1,5\t1.234,5\n2\t10\n"),
        ("decimal comma in quotes", 'n,m\n"1,5","1.234,5"\n2,10\n'),
    ],
)
def test_decimal_commas(bench, rows, form, content):
    tables = bench.people(content, "types: {m: number}\n")
    assert rows(tables, "SELECT sum(n), sum(m) FROM people") == [(3.5, 1244.5)], form


def test_thousands_in_groups_of_three_are_no_decimals(bench, rows):
    tables = bench.people('n\n"1,234"\n"12,345"\n', "types: {n: number}")
    assert rows(tables, "SELECT sum(n) FROM people") == [(13579.0,)]


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (("12.5", '"1,200.50"', '"12,5"'), [12.5, 1200.5, None]),  # it is not 125: findings/babel-reads-a-decimal-comma-as-thousands.sh
        (('"12,5"', '"1.200,50"', "12.5"), [12.5, 1200.5, None]),
        (('"1,234"', '"12,34"', '"1,234,567"', "-.5", "1e3"), [1234, None, 1234567, -0.5, 1000]),
        (('"$1,200.50"', '"($12,50)"', "-$3"), [1200.5, None, -3]),
    ],
)
def test_a_separator_of_thousands_stands_before_three_digits(bench, rows, cells, read):
    decimal = '","' if cells[0] == '"12,5"' else "."
    lines = "".join(f"{at},{cell}\n" for at, cell in enumerate(cells))
    tables = bench.people(f"id,n\n{lines}", f"types: {{n: number}}\ndecimal: {decimal}")
    assert [one for (one,) in rows(tables, "SELECT n FROM people ORDER BY id")] == read
    assert [one.rows for one in check_tables(tables, tables.contract) if getattr(one.what, "key", "") == "unreadable"] == [1]


def test_an_empty_column_called_a_date_is_one(bench):
    assert types(bench.people("id,placed_on,note\n1,,\n")) == {"id": "BIGINT", "placed_on": "DATE", "note": "VARCHAR"}


def test_a_comma_behind_a_zero_is_no_thousands_separator(bench, rows):
    csv = "id;share;mixed\np1;0,100;1.5\np2;0,200;0,500\np3;0,500;2.5\n"
    tables = bench.people(csv, "id: id\ntypes: {mixed: number}")
    assert rows(tables, "SELECT share, mixed FROM people ORDER BY share") == [(0.1, None), (0.2, 0.5), (0.5, None)]
