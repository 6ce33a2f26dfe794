"""An expression of a contract file is one scalar expression over the columns of its table, and reaches nothing else."""

import pytest

from acmlib.contract.expressions import check_expression


@pytest.mark.parametrize(
    ("expression", "columns"),
    [
        ("placed_on <= exited_on + interval 183 day", ("placed_on", "exited_on")),
        ("status in ('a', 'b') and not left_early", ("status", "left_early")),
        ("case when reason <> 'Completed' then exited_on end", ("reason", "exited_on")),
        ("date_sub('year', born_on, referred_on)", ("born_on", "referred_on")),
        ("coalesce(try_cast(score as double), 0) >= 0.5", ("score",)),
        ("race is not distinct from 'White'", ("race",)),
        ("name like 'a%' or name ~ '^b'", ("name",)),
        ("extract(month from d) between 1 and 6", ("d",)),
        ('"Start date"::date', ("Start date",)),
        ("'-- no comment' = x", ("x",)),
        ("true", ()),
        ("0", ()),
    ],
)
def test_ordinary_expressions_pass_and_say_which_columns_they_use(expression, columns):
    assert check_expression(expression).problem is None
    assert check_expression(expression).columns == columns


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("placed_on <= <= x", "cannot be read as SQL"),
        ("", "cannot be read as SQL"),
        ("a; drop table participants", "cannot be read as SQL"),
        ("a) from (select 1", "cannot be read as SQL"),
        ("1), (2", "cannot be read as SQL"),
        ("1) + (2", "cannot be read as SQL"),
        ("a as b", "cannot be read as SQL"),
        ("a, b", "more than one expression"),
        ("a from t", "cannot be read as SQL"),
        ("a where b", "cannot be read as SQL"),
        ("(select max(x) from t)", "a subquery"),
        ("a in (select 1)", "a subquery"),
        ("exists (from read_csv('/etc/passwd'))", "a subquery"),
        ("sum(x) over ()", "a window function"),
        ("sum(x)", "calls sum()"),
        ("count(*)", "calls count_star()"),
        ("*", "a star"),
        ("columns('a')", "a star"),
        ("$1", "a parameter"),
        ("a -- b", "a comment"),
        ("a /* b */", "a comment"),
        ("getenv('HOME')", "calls getenv()"),
        ("current_setting('temp_directory')", "calls current_setting()"),
        ("read_text('/etc/passwd')", "calls read_text()"),
        ("glob('*')", "calls glob()"),
        ("query('select 1')", "calls query()"),
        ("now()", "calls now()"),
        ("random() < 0.5", "calls random()"),
        ("d <= current_date", "uses current_date; write a date"),
        ("sleep_ms(1000)", "calls sleep_ms()"),
        ("repeat(a, 1000) = main.lower(b)", "calls repeat()"),
        ("other.column", "names the column 'other.column'"),
        ("lower(a) filter (where b)", "a clause inside lower()"),
    ],
)
def test_everything_else_is_refused_with_the_reason(expression, why):
    assert why in (check_expression(expression).problem or "allowed!")


def test_contract_names_the_key_of_a_bad_expression(errors):
    found = errors(("of: exited_on is not null", "of: exited_on is not nul"))
    assert found[0].startswith("params/harbor/contract.yml: metrics.placed_6m.of cannot be read as SQL")
    assert found[0].endswith("(line 19)")
    assert "(syntax error" in found[0]
