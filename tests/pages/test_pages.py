"""Every page of every sample contract, read as HTML: what people are handed keeps what `report.md` and the README promise."""

import csv
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import html

from acmlib.contract.load import load_contract

pytestmark = pytest.mark.pages

#: A page is sent by e-mail.
MOST_BYTES = 600_000

#: What the person who edits a notebook is told; nobody else can do anything about it. The provider does fill in the form for replies.
FOR_ANALYSTS = re.compile(r"\b(?!responses\.csv)\w+\.(?:csv|yml|yaml|ipynb)\b|contract file|archivo del contrato")

#: Of the list of contents, and of one line of it in characters.
MOST_LINES, LONGEST_LINE = 25, 100


@pytest.fixture(scope="module")
def pages(published):
    """Each page with its job, parsed."""
    return [
        (job, html.fromstring((published.root / job.page).read_text(encoding="utf-8")))
        for job in published.jobs
        if (published.root / job.page).is_file()
    ]


def each(pages, problem):
    """Return the pages that have a problem, so that a test names them all at once."""
    return {str(job): found for job, page in pages if (found := problem(job, page))}


def test_every_page_that_was_asked_for_was_made(published):
    assert published.failures == ()
    assert len(published.pages) == len(published.jobs) > 0


def test_a_page_says_its_language_and_what_it_is(pages):
    def problem(job, page):
        return page.get("lang") != job.language or len(page.xpath("//h1")) != 1 or not page.findtext(".//title")

    assert not each(pages, problem)
    titles = [(job.contract, job.edition, page.findtext(".//title")) for job, page in pages]
    assert len(set(titles)) == len(titles), "two pages of one contract have the same title"


def test_nothing_is_fetched_and_nothing_runs(pages):
    def problem(job, page):
        active = page.xpath("//script | //iframe | //object | //embed | //form | //@*[starts-with(name(), 'on')]")
        fetched = [value for value in page.xpath("//@src | //@href") if re.match(r"(?!data:|mailto:)[a-z]+:|//", value)]
        return active or fetched or not page.xpath("//meta[@http-equiv='Content-Security-Policy']")

    assert not each(pages, problem)


def test_every_line_of_the_contents_is_another_and_there_are_no_more_than_a_reader_takes_in(pages):
    def problem(job, page):
        lines = [link.text_content() for link in page.xpath("//nav//li/a")]
        twice = {line for line in lines if lines.count(line) > 1}
        return twice or [line for line in lines if len(line) > LONGEST_LINE] or (len(lines) if len(lines) > MOST_LINES else None)

    assert not each(pages, problem)


def test_every_figure_has_alternative_text_that_says_something_and_a_caption(pages):
    def problem(job, page):
        alts = [picture.get("aria-label", "") for picture in page.xpath("//figure//svg")]
        return (
            [alt for alt in alts if len(alt.split()) < 6]
            or page.xpath("//figure[not(.//figcaption)]")
            or page.xpath("//svg[not(@aria-label or @aria-hidden)]")
        )

    assert not each(pages, problem)


def test_every_table_has_a_caption_and_headers_that_say_what_they_head(pages):
    def problem(job, page):
        tables = page.xpath("//table[not(caption[normalize-space()])]")
        headers = page.xpath("//th[not(@scope) or not(normalize-space())]")
        return tables or headers or page.xpath("//table[not(.//th)]")

    assert not each(pages, problem)


def test_no_error_no_code_and_no_raw_value_reaches_a_page(pages):
    said = re.compile(r"Traceback|Error:|Warning:|\bnan\b|\bNaN\b|<NA>|\{\w+(?::\w+)?\}|acmlib\.|import ")

    def problem(job, page):
        alone = [text for text in page.xpath("//body//text()") if text.strip() in ("None", "True", "False", "inf", "-inf")]
        return said.findall(page.text_content()) + alone

    assert not each(pages, problem)


def test_no_participant_is_on_any_page_or_in_any_release(published):
    for contract in {job.contract for job in published.jobs}:
        ids = participants(published.root, contract)
        for path in (published.root / "outputs" / contract).rglob("*"):
            if path.is_file():
                text = re.sub(r"#[0-9a-f]{3,8}\b", "", path.read_text(encoding="utf-8"))  # colours look like numbers
                assert not ids & set(re.findall(r"[\w-]+", text)), path


def participants(root: Path, contract: str) -> set[str]:
    """Ids as they stand in the providers' files; ids that are short numbers cannot be told from counts."""
    found = set()
    for table in load_contract(contract, root=root).tables.values():
        column = table.columns.get(table.id, table.id) if table.id else None
        for path in root.glob(table.source) if column and table.source.endswith(".csv") else ():
            with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
                found |= {row.get(column) or "" for row in csv.DictReader(file, delimiter=table.delimiter or ",")}
    return {one for one in found if len(one) > 5 or not one.isdigit()} - {""}


#: A number of people, rows, files or answers in a sentence of a page; not how many more would be needed.
COUNT = re.compile(
    r"(?:(\d[\d,]*) (?:of|de) )?\b(\d[\d,]*) (?:(?:young|distinct) )?"
    r"(?:people|persons?|participants?|youth|students|families|rows?|records?|answers?|returns?|responses?|referrals?"
    r"|personas?|participantes?|jóvenes|estudiantes|filas?|registros?|respuestas?|referencias?)\b(?! más)"
)


def test_nothing_counts_people_outside_the_working_papers_but_cells_of_the_release(published):
    checked = 0
    for folder in {(published.root / job.page).parent for job in published.jobs if job.edition != "internal"}:
        contract = load_contract(folder.parts[-3], root=published.root)
        with (folder / "release.csv").open(encoding="utf-8-sig", newline="") as file:
            pairs = [[float(row[name] or "nan") for name in ("numerator", "denominator")] for row in csv.DictReader(file)]
        cells = {number for above, below in pairs for number in (above, below, below - above)}
        settings = {contract.statistics.minimum_n, contract.privacy.minimum_group, contract.privacy.minimum_count}
        for path in folder.glob("*.html"):
            page = html.fromstring(path.read_text(encoding="utf-8"))
            said = [float(one.replace(",", "")) for found in COUNT.findall(" | ".join(page.itertext())) for one in found if one]
            assert not [one for one in said if one not in cells | settings], path
            checked += len(said)
        for name, page in json.loads((folder / "run.json").read_text(encoding="utf-8"))["pages"].items():
            standing = page["standing"]
            told = [one[key] for one in standing["figures"] for key in ("numerator", "denominator")] + [
                one[2] for one in standing["served"]
            ]
            assert page["inputs"] == [] and not [one for one in told if one is not None and one not in cells], (folder, name)
            checked += len(told)
    assert checked > 300
    way_in = " | ".join(html.fromstring((published.root / "outputs" / "index.html").read_text(encoding="utf-8")).itertext())
    assert not re.findall(r"\d (?:rows?|records?|answers?|returns?)\b", way_in)


def test_nobody_but_the_analyst_is_told_what_to_do_in_files(pages):
    assert not each(pages, lambda job, page: job.edition != "internal" and FOR_ANALYSTS.findall(page.find(".//main").text_content()))


def test_a_page_fits_into_an_e_mail(published):
    assert not {path.name: size for path in published.pages if (size := path.stat().st_size) > MOST_BYTES}


def test_headings_do_not_skip_a_level(pages):
    def problem(job, page):
        levels = [int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3 | //h4")]
        return [(a, b) for a, b in pairwise(levels) if b > a + 1]

    assert not each(pages, problem)


def test_links_within_a_page_lead_somewhere(pages):
    def problem(job, page):
        ids = page.xpath("//@id")
        twice = {one for one in ids if ids.count(one) > 1}
        return [link for link in page.xpath("//a/@href") if link.startswith("#") and link[1:] not in ids] or twice

    assert not each(pages, problem)


def test_the_index_leads_to_every_page(published):
    index = html.fromstring((published.root / "outputs" / "index.html").read_text(encoding="utf-8"))
    linked = {(published.root / "outputs" / link).resolve() for link in index.xpath("//tbody//a/@href")}
    assert linked == {path.resolve() for path in published.pages}


def test_a_spanish_page_has_no_english_headings(pages):
    english = {(job.contract, job.name, job.edition): texts(page) for job, page in pages if job.language == "en"}

    def problem(job, page):
        same = english.get((job.contract, job.name, job.edition), set())
        return job.language == "es" and same and texts(page) & same

    assert not each(pages, problem)


def texts(page) -> set[str]:
    return {heading.text_content().strip() for heading in page.xpath("//main//h2 | //nav//h2 | //caption")}
