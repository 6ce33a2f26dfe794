"""The same page as PDF, tagged for screen readers (PDF/UA-1), made from the finished HTML without a browser.

What is on paper is decided by the page's own print rules, so that a PDF and a print-out from a browser look alike. The same page gives
the same bytes on the same machine; fonts are the machine's, so another one may break lines elsewhere.
"""

from __future__ import annotations

import re
import socket
from typing import Any

from acmlib.publish.outcomes import JobError

#: Paper of a PDF; a browser prints on what its printer holds.
PAPER = "letter"

#: A drawing that says what it shows.
_DRAWING = re.compile(r'<svg role="img" aria-label="(?P<alt>[^"]*)"[^>]*>')

#: What WeasyPrint draws with; without it the import itself fails.
_REMEDY = (
    "install the package with `pip install 'acm-workbooks[pdf]'` and Pango with `apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0` (Debian, Ubuntu), `dnf install pango` (Fedora) or `brew install pango` (macOS)"
)


class PdfError(JobError):
    """A PDF cannot be made of a page, which asks for what it does not hold."""


class PdfMissing(PdfError):
    """No PDF can be made on this machine: something has to be installed."""


def require_pdf() -> None:
    """Refuse early, once and with the remedy, where PDF cannot be made.

    Raises
    ------
    PdfMissing
        If WeasyPrint or the libraries it draws with are missing.
    """
    where = f"--pdf, on {socket.gethostname()}"  # it may be a worker of a cluster
    try:
        import pypdf  # noqa: F401 -- only whether they can be imported
        import weasyprint  # noqa: F401
    except ImportError as error:
        raise PdfMissing(where, f"the package {error.name or 'WeasyPrint'} is missing", _REMEDY) from error
    except OSError as error:  # what ctypes raises for a missing library
        library = str(error).partition("'")[2].partition("'")[0] or "a library it draws with"
        raise PdfMissing(where, f"WeasyPrint does not find {library}", _REMEDY) from error


def page_pdf(page: str) -> bytes:
    """Return a finished page as PDF: tagged, with outline, page numbers, alternative texts and the page's language.

    Parameters
    ----------
    page : str
        What `export_page` returned. Nothing but what it holds is read: an address in it is an error, not a request.

    Raises
    ------
    PdfError
        If the page names an address.
    PdfMissing
        If WeasyPrint or the libraries it draws with are missing.
    """
    require_pdf()
    from weasyprint import CSS, HTML
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    # Images stand in the page itself; everything else is refused, and refusal stops the drawing.
    # Every drawing takes its text as a title: WeasyPrint takes a picture's alternative text from nowhere else.
    shown = _DRAWING.sub(r"\g<0><title>\g<alt></title>", page)
    fetcher = URLFetcher(allowed_protocols=("data",), fail_on_errors=True)
    paper = CSS(string=f"@page {{ size: {PAPER} }}")
    try:
        pdf = HTML(string=shown, url_fetcher=fetcher).write_pdf(stylesheets=[paper], pdf_variant="pdf/ua-1", finisher=_complete_tags)
    except FatalURLFetchingError as error:
        raise PdfError("finished page", str(error), "everything on a page stands in the page itself") from error
    return bytes(pdf)


def _complete_tags(_document: Any, pdf: Any) -> None:
    """Add what WeasyPrint leaves out: which way a header heads, and that a picture beside its own words is decoration."""
    objects: list[Any] = [one for one in pdf.objects if isinstance(one, dict)]
    elements = {one.reference: one for one in objects if one.get("Type") == "/StructElem"}
    for element in elements.values():
        if element["S"] == "/Figure" and "Alt" not in element:
            element["S"] = "/NonStruct"
        elif element["S"] == "/TH":
            row = elements[element["P"]]
            heads = elements[row["P"]]["S"] == "/THead"
            element["A"]["Scope"] = "/Column" if heads else "/Row"
