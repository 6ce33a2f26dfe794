"""Every finished dashboard, read as HTML: what a reader with thirty seconds sees, and what no page for others may say."""

import re

import pytest
from lxml import html

pytestmark = pytest.mark.pages

#: Words of a dashboard that nobody has to unfold, in any language.
MOST_WORDS = 700

#: Columns whose difference stands in a column *Gap*: result and that of the group compared with, or two shares.
PAIRS = (("Result", "Result"), ("Share of those served", "Share of those compared with"))

#: Words that stand for numbers that were not there.
BROKEN = re.compile(r"\bnan\b|\bNaT\b|\{\w*\}|from (−?\d+ points?) to \1\b")


@pytest.fixture(scope="module")
def dashboards(published):
    return [
        (job, html.fromstring((published.root / job.page).read_text(encoding="utf-8")))
        for job in published.jobs
        if job.report == "dashboard" and (published.root / job.page).is_file()
    ]


def each(dashboards, problem):
    return {str(job): found for job, page in dashboards if (found := problem(job, page))}


def text(node) -> str:
    return " ".join(node.text_content().split())


def test_the_first_thing_said_has_its_numbers_or_says_why_there_are_none(dashboards):
    def problem(job, page):
        lead = page.xpath("//main//*[1][self::div][contains(@class, 'lead')] | (//main//div[contains(@class, 'lead')])[1]")
        said = text(lead[0].xpath(".//p")[0]) if lead else ""
        return not lead or not (re.search(r"\d", said) or re.search(r"privacy|data|too few|privacidad|datos|pocas", said))

    assert dashboards and not each(dashboards, problem)


def test_at_most_five_tiles_each_with_its_verdict_in_words(dashboards):
    def problem(job, page):
        tiles = page.xpath("//ul[contains(@class, 'tiles')]/li")
        return not 1 <= len(tiles) <= 5 or [text(one) for one in tiles if not one.xpath(".//*[contains(@class, 'verdict')]")]

    assert not each(dashboards, problem)


def test_pictures_come_before_any_table(dashboards):
    def problem(job, page):
        found = [one.tag for one in page.xpath("//main//figure | //main//table")]
        if "figure" not in found:  # of a small contract a public edition may show nothing that can be drawn: then it says so
            return not re.search(r"There is no chart|No hay gráfico", text(page.find(".//main")))
        return found[0] != "figure"

    assert not each(dashboards, problem)


def test_the_first_picture_stands_before_the_figures_so_that_a_phone_shows_it_first(dashboards):
    def problem(job, page):
        found = page.xpath("(//main//figure | //main//ul[contains(@class, 'tiles')])")
        return len(found) > 1 and found[0].tag != "figure"

    assert not each(dashboards, problem)


def test_no_more_stands_open_than_a_meeting_reads(dashboards):
    open_ = "//body//text()[not(ancestor::details or ancestor::footer or ancestor::nav or ancestor::*[local-name()='svg'])]"

    def problem(job, page):
        words = len(re.findall(r"\w[\w'’%.,-]*", " ".join(page.xpath(open_))))
        return words > MOST_WORDS and words

    assert not each(dashboards, problem)


def test_nothing_stands_where_a_number_should(dashboards):
    assert not each(dashboards, lambda job, page: BROKEN.findall(text(page.find(".//main"))))


def test_every_difference_is_that_of_the_two_percents_beside_it(dashboards):
    compared = 0

    def problem(job, page):
        nonlocal compared
        wrong = []
        for table in page.xpath("//table") if job.language == "en" else ():
            names = [text(one) for one in table.xpath(".//thead//th")]
            rows = [[text(one) for one in row.xpath("./td | ./th")] for row in table.xpath(".//tbody/tr")]
            first, second = next((pair for pair in PAIRS if {*pair, "Gap"} <= set(names)), ("", ""))
            if not first:
                continue
            base = [row[names.index(first)] for row in rows if row[-1] == "compared with"] if first == second else []
            for row in rows:
                one, gap = row[names.index(first)], row[names.index("Gap")]
                other = row[names.index(second)] if first != second else base[0] if base else ""
                if one.endswith("%") and other.endswith("%") and "point" in gap:
                    compared += 1
                    said = float(gap.split()[0].replace("\N{MINUS SIGN}", "-"))
                    wrong += [row] if round(float(one[:-1]) - float(other[:-1]), 1) != said else []
        return wrong

    assert not each(dashboards, problem)
    assert compared >= 50


def test_headings_are_free_of_jargon(dashboards):
    jargon = re.compile(r"\b(judged|comparator|base|n)\b")

    def problem(job, page):
        return job.language == "en" and [text(one) for one in page.xpath("//h1 | //h2 | //h3") if jargon.search(text(one))]

    assert not each(dashboards, problem)


def test_the_legal_sentence_stands_once(dashboards):
    def problem(job, page):
        told = text(page.find(".//main"))
        return max(told.count("not a legal finding"), told.count("no una conclusión jurídica")) > 1

    assert not each(dashboards, problem)


def test_no_more_than_three_questions(dashboards):
    assert not each(dashboards, lambda job, page: len(page.xpath("//*[contains(@class, 'questions')]//li")) > 3)
