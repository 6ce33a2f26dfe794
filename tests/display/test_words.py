"""The catalogues: nothing missing, nothing left over, and numbers and dates as each language writes them."""

import datetime as dt
import re

import pytest

from acmlib.display import catalogues
from acmlib.display.catalogues import WordsError, catalogue, languages, placeholders
from acmlib.display.rounding import difference, places_of
from acmlib.display.words import MINUS, Words

TRANSLATIONS = [language for language in languages() if language != "en"]


def forms(entry):
    return {"": entry} if isinstance(entry, str) else dict(entry)


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_language_has_the_same_texts_as_english(language):
    english, other = catalogue("en"), catalogue(language)
    assert sorted(set(english) - set(other)) == [], "missing"
    assert sorted(set(other) - set(english)) == [], "left over"


@pytest.mark.parametrize("language", languages())
def test_every_form_of_a_text_takes_the_same_values_as_english(language):
    wrong = []
    for key, entry in catalogue("en").items():
        # A singular form may leave the number out: "A question for this meeting".
        taken = {name for text in forms(entry).values() for name in placeholders(text)}
        kinds = {name: kind for text in forms(entry).values() for name, kind in placeholders(text).items()}
        for form, text in forms(catalogue(language)[key]).items():
            here = placeholders(text)
            if not set(here) <= taken or any(kinds[name] != kind for name, kind in here.items()):
                wrong.append(f"{key} {form}")
        used = {name for text in forms(catalogue(language)[key]).values() for name in placeholders(text)}
        # A group may need the noun that agrees with it: "personas negras", whatever those served are called.
        if used != taken and not (key.startswith("people.") and used == taken - {"people"}):
            wrong.append(key)
    assert wrong == []


@pytest.mark.parametrize("language", languages())
def test_plural_texts_have_the_forms_that_the_language_needs(language):
    for key, entry in catalogue(language).items():
        assert isinstance(entry, str) or {"one", "other"} <= set(entry), key


@pytest.mark.parametrize("table", ["neutral.", "counted."])
def test_alternative_texts_replace_texts_that_exist_and_take_their_values(table):
    for key, entry in catalogue("en").items():
        if key.startswith(table):
            original = catalogue("en").get(key.removeprefix(table))
            assert original is not None, key
            given = {name for text in forms(original).values() for name in placeholders(text)} | {"counted"}
            assert {name for text in forms(entry).values() for name in placeholders(text)} <= given, key


@pytest.mark.parametrize("language", languages())
def test_what_is_counted_instead_of_people_is_called_by_its_name(language):
    counted = {key: text for key, entry in catalogue(language).items() if key.startswith("counted.") for text in forms(entry).values()}
    assert [
        key for key, text in counted.items() if re.search(r"(?<!\{)\b(people|persons?|participants?|personas?|participantes?)\b", text)
    ] == []
    words = Words(language, counted=("solicitud", "solicitudes"))
    assert (words("chart.n", n=1), words("chart.n", n=2)) == ("1 solicitud", "2 solicitudes")
    assert "30 solicitudes" in words("read.unreliable", minimum_n=30)
    assert "solicitud" not in Words(language)("read.unreliable", minimum_n=30)


def test_a_third_language_is_one_file(tmp_path, monkeypatch):
    """As CONTRIBUTING says: a copy of the English file, translated, and nothing else."""
    for path in catalogues.LANGUAGES.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    text = (tmp_path / "en.toml").read_text(encoding="utf-8").replace('no_data = "no data"', 'no_data = "pas de données"')
    (tmp_path / "fr.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(catalogues, "LANGUAGES", tmp_path)
    french = Words("fr")
    assert "fr" in languages()
    assert french("status.no_data") == "pas de données"
    assert (french.number(12500), french.period("2026-06")) == ("12\N{NARROW NO-BREAK SPACE}500", "juin 2026")


def test_no_text_is_left_that_nothing_shows(repository):
    sources = [*(repository / "acmlib").rglob("*.py"), *(repository / "notebooks").rglob("*.ipynb")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    named = set(re.findall(r"[\"']([a-z_]+\.[a-z0-9_]+)\\?[\"']", text))
    prefixes = set(re.findall(r"f\\?[\"']([a-z_]+\.[a-z_]*)\{", text))
    unused = [
        key for key in catalogue("en")
        if not key.startswith(("neutral.", "counted.", "language.", *prefixes)) and key not in named
    ]  # fmt: skip
    assert unused == []


def test_a_missing_text_or_value_is_an_error_that_names_the_place():
    words = Words("es")
    with pytest.raises(WordsError, match=r"languages/es\.toml: gap\.nothing is not there"):
        words("gap.nothing")
    with pytest.raises(WordsError, match=r"languages/es\.toml: chart\.comparator needs a value for 'group'; given: value"):
        words("chart.comparator", value="40%")
    with pytest.raises(WordsError, match="needs a value for 'n'"):
        words("chart.n", n=float("nan"))
    with pytest.raises(WordsError, match="there is no 'tlh'; use one of en, es"):
        catalogue("tlh")


def test_numbers_read_as_the_language_writes_them():
    """Spanish is that of the United States unless the page names a region: 6,349.1 must not read as six."""
    english, spanish, castilian = Words("en"), Words("es"), Words("es-ES")
    assert (english.number(12500), spanish.number(12500), castilian.number(12500)) == ("12,500", "12,500", "12.500")
    assert (english.decimal(0.6579), spanish.decimal(0.6579), castilian.decimal(0.6579)) == ("0.66", "0.66", "0,66")
    assert (english.percent(0.25), spanish.percent(0.25)) == ("25%", "25%")
    assert (english.money(1_450_000, "USD"), spanish.money(6349, "USD")) == ("$1,450,000", "$6,349")


def test_spanish_joins_with_e_before_the_sound_of_i():
    words = Words("es")
    assert words.list(["Evaluadas", "Inscritas"]) == "Evaluadas e Inscritas"
    assert words.list(["agua", "hielo"]) == "agua y hielo"
    assert words("dimensions.pair", pair=["raza", "idioma"]) == "raza e idioma"


def test_a_spanish_quarter_has_its_ordinal_and_inside_a_sentence_its_article():
    words = Words("es")
    assert [words.month(f"2024Q{n}") for n in (1, 2, 3)] == ["1.er trimestre de 2024", "2.º trimestre de 2024", "3.er trimestre de 2024"]
    assert words("period.months", first="2024Q3", last="2025Q1") == "3.er trimestre de 2024 al 1.er trimestre de 2025"
    said = words("long.control", first="2024Q3", last="2025Q4", first_value="30%", last_value="39%")
    assert said == "La línea va de 30% en el 3.er trimestre de 2024 a 39% en el 4.º trimestre de 2025."
    assert words("chart.target_from", value="40%", month="2025Q2") == "40% desde el 2.º trimestre de 2025"


def test_english_is_american_unless_the_contract_asks_for_british():
    american, british = Words("en"), Words("en-GB")
    text = " ".join(one for entry in catalogue("en").values() for one in forms(entry).values())
    assert re.findall(r"\b(?:programmes?|enrolments?|neighbourhoods?|colours?|behaviour\w*|otherwise)\b", text) == []
    assert "program" in american("caption.funnel", metric="Placed", period="2026-05")
    assert "programme" in british("caption.funnel", metric="Placed", period="2026-05")
    assert british.list(["a", "b", "c"]) == "a, b and c"


def test_only_nobody_is_0_percent_and_only_everybody_100_percent():
    words = Words("en")
    assert [words.percent(value) for value in (0, 0.004, 0.5, 0.996, 1)] == ["0%", "0.4%", "50%", "99.6%", "100%"]


def test_the_guide_s_gaps_read_exactly():
    words = Words("en")
    assert words.points(0.25 - 0.38) == "\N{MINUS SIGN}13 points"
    assert words.decimal(0.25 / 0.38) == "0.66"
    assert words.points(0.2 - 0.4) == "\N{MINUS SIGN}20 points"
    assert words.decimal(0.2 / 0.4) == "0.50"
    assert words.points(0.01) == "+1 point"


def test_periods_and_dates_read_as_words():
    english, spanish = Words("en"), Words("es")
    assert [english.period(one) for one in ("2026-06", "2026Q2", "2026", "P12M/2026-05", "term")] == [
        "June 2026", "2nd quarter 2026", "2026", "12 months to May 2026", "whole contract to date",
    ]  # fmt: skip
    assert spanish.period("P1M/2026-05") == "1 mes hasta mayo de 2026"
    assert spanish.date(dt.date(2026, 6, 30)) == "30 de junio de 2026"
    with pytest.raises(WordsError, match="period is '06/2026'; use 2026-06"):
        english.period("06/2026")


def test_a_list_reads_as_a_sentence():
    assert Words("en").list(["A", "B", "C"]) == "A, B, and C"
    assert Words("es").list(["A", "B", "C"]) == "A, B y C"


@pytest.mark.parametrize("pair", [(0.4228, 0.1971), (0.9545, 0.9555), (0.5, 0.2), (0.996, 0.97), (0.404, 0.4), (0.005, 0.2)])
def test_a_difference_is_that_of_the_percents_beside_it(pair: tuple[float, float]) -> None:
    words, places = Words("en"), places_of([pair])
    one, other = (float(words.percent(value, places)[:-1]) for value in pair)
    said = words.points_of(difference(*pair, places)).split()[0].replace(MINUS, "-")
    assert round(one - other, 1) == float(said) and abs(100 * (pair[0] - pair[1]) - float(said)) <= 0.5


@pytest.mark.parametrize(("language", "one"), [("en", r"\b1 (people|participants|questions)\b"), ("es", r"\b1 (personas|preguntas)\b")])
def test_one_is_never_told_in_the_plural(language: str, one: str) -> None:
    wrong = []
    for key, entry in catalogue(language).items():
        text = forms(entry).get("one", forms(entry).get(""))
        if text and "n" in placeholders(text) and re.search(one, re.sub(r"\{n(:number)?\}", "1", text)):
            wrong.append(key)
    assert wrong == []


def test_no_spanish_adjective_has_to_agree_with_a_metric_of_either_gender():
    """*Permanencia: más alto* was said: what rises or falls is told by verbs."""
    tied = re.compile(r"^más (alto|bajo|alta|baja)\b|\{metric\}[:,]? (es )?más (alto|bajo|alta|baja)\b")
    assert [key for key, entry in catalogue("es").items() for text in (entry if isinstance(entry, str) else " ".join(entry.values()),)
            if tied.search(text)] == []  # fmt: skip
