"""The page as PDF: everything a screen reader needs, nothing fetched, the same bytes each time."""

import builtins
import re
import socket
from dataclasses import replace

import pytest
from display_frames import dashboard
from lxml import html
from printed import read

from acmlib.publish.batch import run_jobs
from acmlib.publish.exporter import export_page
from acmlib.publish.inventory import Inventory
from acmlib.publish.jobs import plan_jobs
from acmlib.publish.outcomes import Failure
from acmlib.publish.pdf import PdfError, page_pdf, require_pdf
from acmlib.publish.runner import run_job

pytest.importorskip("weasyprint", exc_type=(ImportError, OSError), reason="WeasyPrint or Pango is missing")

PAGE = export_page(dashboard(), title="Harbor – Dashboard", appendix=True)


@pytest.fixture(scope="module")
def content():
    return page_pdf(PAGE)


def test_a_pdf_ua_checker_finds_nothing_wrong(content, tmp_path):
    """The package pdfua looks at what a machine can see of PDF/UA-1, about a sixth of its rules; veraPDF is in no package index."""
    pdfua = pytest.importorskip("pdfua")
    path = tmp_path / "page.pdf"
    path.write_bytes(content)
    assert [f"{one.rule_id}: {one.message}" for one in pdfua.validate(str(path)).findings] == []


def test_headings_pictures_and_tables_are_tagged_as_the_page_has_them(content):
    source, printed = html.fromstring(PAGE), read(content)
    assert printed.language == "en"
    headings = [one.tag.upper() for one in source.xpath("//h1 | //main//h2 | //main//h3 | //footer//h2")]
    assert [one.kind for one in printed.of_kind("H1", "H2", "H3")] == headings
    assert [one.alt for one in printed.of_kind("Figure")] == source.xpath("//main//svg/@aria-label")
    assert {one.kind for one in printed.elements} >= {"Table", "TH", "TD", "Caption", "L", "LI", "P"}


def test_the_outline_is_the_headings_and_pages_are_numbered(content):
    printed = read(content)
    assert printed.outline[0] == "Harbor Youth Employment"
    assert "How this page was made" in printed.outline
    for number, text in enumerate(printed.texts, start=1):
        assert re.search(rf"\b{number} ?/ ?{len(printed.texts)}\b", text)


def test_the_same_page_gives_the_same_bytes(content):
    assert page_pdf(PAGE) == content


@pytest.mark.parametrize("address", ["https://example.org/pixel.png", "file:///etc/hostname"])
def test_an_address_in_a_page_is_an_error_and_no_request(address):
    page = PAGE.replace("<main", f'<img alt="A pixel." src="{address}"><main', 1)
    with pytest.raises(PdfError, match=f'Error fetching "{address}"'):
        page_pdf(page)


MISSING = [
    (ImportError("no weasyprint", name="weasyprint"), "weasyprint is missing"),
    (OSError("cannot load library 'libpango-1.0-0': x"), "libpango-1.0-0"),
]


@pytest.fixture()
def missing(monkeypatch):
    """Let WeasyPrint fail to be imported, as on a machine where something is missing."""
    real = builtins.__import__

    def fail(error: Exception) -> None:
        def failing(name, *args, **kwargs):
            if name == "weasyprint":
                raise error
            return real(name, *args, **kwargs)

        monkeypatch.setattr(builtins, "__import__", failing)

    return fail


@pytest.mark.parametrize(("error", "said"), MISSING)
def test_what_is_missing_is_said_once_with_the_line_that_installs_it(missing, error, said):
    missing(error)
    with pytest.raises(PdfError, match=rf"--pdf, on .+: .*{said}.*apt-get install libpango"):
        require_pdf()


@pytest.mark.parametrize(("error", "said"), MISSING)
def test_a_machine_that_cannot_make_pdfs_is_that_pages_failure_before_its_notebook_runs(workspace, missing, error, said):
    """As for any worker of a cluster: the failure names the machine, and what to install there."""
    page = replace(plan_jobs("little-jobs", root=workspace, report="dashboard", language="en")[0], pdf=True)
    missing(error)
    failure = run_job(page, root=workspace, working=workspace / "working", run="test")
    assert isinstance(failure, Failure)
    assert failure.where == f"--pdf, on {socket.gethostname()}"
    assert said in failure.what and "apt-get install libpango" in failure.do


def test_a_pdf_stands_beside_its_page_and_never_beside_a_newer_one(workspace):
    """As `acm run --pdf` makes them; without it a page that is made anew loses the PDF of the earlier one."""
    page = plan_jobs("little-jobs", root=workspace, report="dashboard", language="en")[0]
    with_pdf = replace(page, pdf=True)
    assert run_jobs([with_pdf], root=workspace) == ()
    assert read((workspace / with_pdf.pdf_page).read_bytes()).of_kind("H1")
    assert Inventory(workspace).is_current(with_pdf)
    assert run_jobs([page], root=workspace) == ()
    assert not (workspace / with_pdf.pdf_page).exists()
    assert Inventory(workspace).is_current(page) and not Inventory(workspace).is_current(with_pdf)


def test_what_is_folded_is_on_paper_only_if_it_was_asked_for():
    folded = " ".join(read(page_pdf(export_page(dashboard(), title="Harbor – Dashboard"))).texts)
    asked = " ".join(read(page_pdf(PAGE)).texts)
    for words in ("Data behind the charts", "How this page was made"):
        assert words not in folded and words in asked
