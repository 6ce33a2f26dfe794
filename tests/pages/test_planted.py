"""Each story that was planted in a sample is told on its finished pages: by which sentence, heading and figure, in English and Spanish."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from lxml import html

REPOSITORY = Path(__file__).resolve().parents[2]
TRUTH = yaml.safe_load((REPOSITORY / "tests" / "truth.yml").read_text(encoding="utf-8"))


def percent(counts: dict) -> str:
    return f"{100 * counts['numerator'] / counts['denominator']:.0f}%"


@dataclass(frozen=True)
class Page:
    """A finished page as its readers have it."""

    document: html.HtmlElement

    def texts(self, path: str) -> list[str]:
        return [" ".join(one.text_content().split()) for one in self.document.xpath(path)]

    @property
    def first(self) -> str:
        """The first sentences."""
        return self.texts("//p[@class='said']")[0]

    @property
    def more(self) -> str:
        return " ".join(self.texts("//p[@class='more']"))

    @property
    def headings(self) -> list[str]:
        return self.texts("//h2")

    @property
    def text(self) -> str:
        return " ".join(self.texts("//body"))

    @property
    def first_figure(self) -> str:
        """What the first picture says and shows: its alternative text and its labels."""
        return " ".join(self.texts("(//*[local-name()='svg'][@role='img'])[1]"))


@pytest.fixture(scope="module")
def page(published):
    """Open a finished page of those that the session made."""
    assert published.failures == ()
    made = {(job.contract, job.name, job.edition, job.language): published.root / job.page for job in published.jobs}

    def opened(contract: str, report: str = "dashboard", edition: str = "provider", language: str = "en") -> Page:
        return Page(html.parse(str(made[contract, report, edition, language])).getroot())

    return opened


def test_harbor_begins_with_the_group_that_is_placed_half_as_often_and_shows_where_the_gap_opens(page):
    (planted,) = TRUTH["harbor-youth-jobs"]["clear"]
    year, term = percent(planted["last_12_months"]), percent(planted["term"])
    english, spanish, public = (
        page("harbor-youth-jobs"),
        page("harbor-youth-jobs", language="es"),
        page("harbor-youth-jobs", "dashboard", "public", "es"),
    )
    assert english.first.startswith(f"The service works less well for Black participants: {year} have a job within 6 months")
    assert spanish.first.startswith(
        f"El servicio funciona peor para personas negras o afroamericanas: el {year} consigue empleo en 6 meses"
    )
    assert public.first.startswith(f"El servicio funciona peor para personas negras o afroamericanas: el {term} consigue empleo en 6 meses")
    assert english.headings[:2] == ["Who gets there: Job within 6 months", "Where the difference opens: Started work experience"]
    assert spanish.headings[0] == "Quiénes lo logran: Empleo en 6 meses" and "empezaron la experiencia laboral" in spanish.headings[1]
    assert english.more.startswith("The difference opens at “Started work experience”") and "se abre en" in spanish.more
    for one, share in ((english, year), (spanish, year), (public, term)):
        assert share in one.first_figure


def test_harbor_tells_that_fewer_know_what_happens_next_than_in_the_survey_before(page):
    planted = TRUTH["harbor-youth-jobs"]["survey"]
    before, after = percent(planted["first_year"]), percent(planted["second_year"])
    english, spanish = (page("harbor-youth-jobs", "deep_dive-voice", language=one) for one in ("en", "es"))
    assert f"“I know what happens next and when”: 45% against {after} (First year: {before} said yes)" in " ".join(english.headings)
    assert f"«Sé qué pasa después y cuándo»: 45% frente a {after} (Primer año: el {before} respondió que sí)" in " ".join(spanish.headings)
    assert english.text.count("clearly fewer") == 1 == spanish.text.count("claramente menos"), "nothing else changed"
    assert "most of those who came" in english.text and "(kappa)" in english.text, "what was said stands beside the answers"


def test_northern_tells_that_enrollment_became_faster_and_when(page):
    planted = TRUTH["northern-youth-jobs"]
    before, after = (percent(planted[when]["enrolled_30d"]) for when in ("before", "after"))
    english, spanish = page("northern-youth-jobs"), page("northern-youth-jobs", language="es")
    assert f"Enrolled within 30 days has improved: {before} before July 2025, {after} since." in english.more
    assert f"Inscripción en 30 días: ha mejorado, {before} antes de julio de 2025, {after} desde entonces." in spanish.more
    assert "Over time: Enrolled within 30 days and Days to enroll have improved" in english.headings
    assert any(one == "A lo largo del tiempo: Inscripción en 30 días y Días hasta la inscripción: han mejorado" for one in spanish.headings)


def test_riverside_begins_with_who_is_not_served(page):
    planted = TRUTH["riverside-youth-jobs"]["representation"]
    served, residents = (f"{100 * planted[one]['people'] / planted[one]['of']:.0f}%" for one in ("served", "population"))
    english, spanish = page("riverside-youth-jobs"), page("riverside-youth-jobs", language="es")
    assert english.first.startswith(f"Youth of color are {served} of those served, but {residents} of young people")
    assert spanish.first.startswith(f"El {served} de quienes reciben el servicio son jóvenes de color") and spanish.first.endswith(
        f"el {residents}."
    )
    assert (english.headings[0], spanish.headings[0]) == ("Who is served", "Quiénes reciben el servicio")
    assert all(share in english.first_figure for share in (served, residents))


def test_lakeside_meets_its_targets_and_no_clear_gap_is_told(page):
    english, spanish = page("lakeside-youth-jobs"), page("lakeside-youth-jobs", language="es")
    assert english.first.startswith("Meets its main target") and "No clear gap in results is seen" in english.first
    assert spanish.first.startswith("Alcanza su meta principal") and "ninguna brecha clara" in spanish.first
    assert "On target: Enrolled within 30 days, Days to enroll, and Coaching sessions attended." in english.more
    assert "En la meta: Inscripción en 30 días, Días hasta la inscripción y Sesiones con asistencia." in spanish.more


def test_prairie_says_that_its_groups_are_too_small_and_which_month_is_missing(page):
    english = page("prairie-youth-jobs")
    assert "Groups are too small to say whether results are equal." in english.first
    assert "Not drawn: November 2025 (no data)." in english.text


def test_summit_tells_at_the_end_how_the_gap_closed(page):
    planted = TRUTH["summit-youth-jobs"]["closed_gap"]
    first, since = ((planted[when]["numerator"], planted[when]["denominator"]) for when in ("first", "since"))
    english = page("summit-youth-jobs", "end_of_contract")
    spanish = page("summit-youth-jobs", "end_of_contract", language="es")
    assert "{} of {}".format(*first) in english.text and "{} of {}".format(*since) in english.text
    assert "{} de {}".format(*first) in spanish.text and "{} de {}".format(*since) in spanish.text
    assert any("closed" in one for one in english.headings) and any("se cerró" in one for one in spanish.headings)


def test_bright_steps_begins_with_the_school_that_pupils_leave(page):
    (planted,) = TRUTH["bright-steps-tutoring"]["clear"]
    stayed = 100 - 100 * planted["left"]["numerator"] / planted["left"]["denominator"]
    for one, begins in (
        (page("bright-steps-tutoring"), "The service works less well for students at Oak Hill: "),
        (page("bright-steps-tutoring", language="es"), "El servicio funciona peor para estudiantes de Oak Hill: "),
    ):
        assert one.first.startswith(begins)
        behind, ahead = (int(share) for share in re.findall(r"(\d+)%", one.first)[:2])
        assert abs(behind - stayed) <= 5 and ahead - behind >= 20, "the page tells of the last 12 months, the plan of the term"
        assert f"{behind}%" in one.first_figure


def test_the_real_trial_tells_its_published_share_no_clear_gap_and_nothing_over_time(page):
    english = page("nsw-job-training")
    groups = TRUTH["nsw-job-training"]["employed_1978"].values()
    employed, men = (sum(one[count] for one in groups) for count in ("numerator", "denominator"))
    assert f"{100 * employed / men:.0f}% had a job in 1978" in english.first
    assert "Over time: nothing can be said, the data have no dates" in english.headings
    assert "All comparisons of results: no clear gap is seen" in english.headings


def test_no_figure_draws_one_target_and_names_another(published):
    compared = 0
    for job in published.jobs:
        if job.language != "en":
            continue
        for figure in html.parse(str(published.root / job.page)).getroot().iter("figure"):
            drawn = {
                text.strip().split(" ", 1)[1]
                for text in figure.xpath(".//*[local-name()='text']/text()")
                if text.strip().startswith("target ")
            }
            named = set(re.findall(r"Target: (.+?)\.(?:\s|$)", figure.text_content()))
            if len(drawn) == 1 and named:
                assert drawn == named, (job.page, figure.text_content()[:300])
                compared += 1
    assert compared >= 10
