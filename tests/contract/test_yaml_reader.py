"""YAML is read as people mean it, and what only attackers write is refused."""

import datetime as dt

import pytest

from acmlib.contract.errors import ContractError
from acmlib.contract.yaml_reader import MAX_BYTES, parse_yaml, read_yaml


def value(text):
    return parse_yaml(text, name="x.yml").value


def refusal(text):
    with pytest.raises(ContractError) as caught:
        parse_yaml(text, name="x.yml")
    return str(caught.value)


def test_codes_stay_as_they_are_written():
    assert value("{NO: Norway, 007: Bond, 1: one, on: x, 2024: year}") == {
        "NO": "Norway",
        "007": "Bond",
        "1": "one",
        "on": "x",
        "2024": "year",
    }
    assert value("[007, 010, 1:30, no, yes, on, 0x1F, 1_000]") == ["007", "010", "1:30", "no", "yes", "on", "0x1F", "1_000"]


def test_numbers_dates_and_truth_values():
    assert value("[1, -2, 0.5, 1e3, true, False, null, ~, 2026-05-31, '2026-05-31', 2026-05]") == [
        1, -2, 0.5, 1000.0, True, False, None, None, dt.date(2026, 5, 31), "2026-05-31", "2026-05",
    ]  # fmt: skip


def test_a_billion_laughs_end_at_the_first():
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    assert "uses '&a'; write the values out, anchors are not allowed (line 1)" in refusal(bomb)


def test_merge_keys_tags_and_second_documents_are_refused():
    assert "anchors are not allowed" in refusal("a: *b")
    assert "no plain text" in refusal("<<: {a: 1}")
    assert "tags are not allowed" in refusal("a: !!python/object/apply:os.system [ls]")
    assert "starts a second document" in refusal("a: 1\n---\nb: 2")
    assert "nested more than" in refusal("[" * 5000 + "]" * 5000)


def test_a_key_given_twice_is_refused_with_both_lines():
    assert refusal("metrics:\n  a: 1\n  b: 2\n  a: 3") == "x.yml: metrics.a is given twice, first on line 2; keep one of 'a' (line 4)"


def test_broken_yaml_names_its_line():
    message = refusal("contract:\n  title: x\n   provider: y\n")
    assert message.startswith("x.yml: is not valid YAML")
    assert "(line 3)" in message


def test_large_and_undecodable_files_are_refused(tmp_path):
    large, latin = tmp_path / "large.yml", tmp_path / "latin.yml"
    large.write_bytes(b"#" * (MAX_BYTES + 1))
    latin.write_bytes("title: ok\nagency: Educación".encode("latin-1"))
    with pytest.raises(ContractError, match=r"large.yml: is larger than 1,000,000 bytes"):
        read_yaml(large, name="large.yml")
    with pytest.raises(ContractError, match=r"latin.yml: is not UTF-8 text; save it as UTF-8 \(line 2\)"):
        read_yaml(latin, name="latin.yml")


def test_lines_of_keys_are_known():
    assert parse_yaml("a:\n  b:\n    - c: 1\n      d: 2", name="x").lines["a.b.0.d"] == 4
