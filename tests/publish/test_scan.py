"""The last look at a page: each thing that must never be handed out is found, and a good page passes."""

import base64

import pytest

from acmlib.publish.scan import Secrets, scan_page

GOOD = """<!DOCTYPE html><html lang="en"><head><title>Jobs, June</title><meta name="description" content="Jobs in June">
<style>p {{ color: black }}</style></head><body><a href="#main">Skip</a><h1>Jobs</h1>
<p>12 of 40 were placed. Write to <a href="mailto:team@city.gov">the team</a>,
see <a href="deep_dive-placement.html">the deep dive</a>.</p>
<figure role="group"><img alt="Dot plot: placement by group" src="data:image/svg+xml;base64,{svg}">
<figcaption>Placement</figcaption></figure>
<table><caption>Placement</caption><thead><tr><th scope="col">Group</th></tr></thead>
<tbody><tr><th scope="row">North</th></tr></tbody></table>
{extra}</body></html>"""

SECRETS = Secrets(frozenset({"HY-00012", "4711", "1234567", "Maria del Mar"}), ("Ana Ruiz",), ("/srv/reports/city",))


def page(extra: str = "", svg: str = "<svg/>") -> str:
    return GOOD.format(extra=extra, svg=base64.b64encode(svg.encode()).decode())


def test_a_good_page_passes():
    assert scan_page(page(), SECRETS) == ()


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ("<script>1</script>", "there is a <script>"),
        ('<p onclick="x()">a</p>', "script in onclick"),
        ('<a href="javascript:x()">a</a>', "points outside"),
        ('<img alt="a map" src="https://example.org/map.png">', "points outside"),
        ('<img alt="a map" src="//example.org/map.png">', "points outside"),
        ('<a href="https://example.org">source</a>', "points outside"),
        ('<a href="file:///etc/passwd">a</a>', "points outside"),
        ("<style>@import 'x.css'</style>", "the style fetches"),
        ('<p style="background:url(https://example.org/x)">a</p>', "fetches something from outside"),
        ('<meta http-equiv="refresh" content="0; url=x">', "by itself"),
        ('<img src="data:image/png;base64,AA==">', "no alternative text"),
        ('<img alt=" " src="data:image/png;base64,AA==">', "no alternative text"),
        ('<table><tr><th scope="col">a</th></tr></table>', "no caption"),
        ("<table><caption>a</caption><tr><th>a</th></tr></table>", "no scope"),
        ("<table><caption>a</caption><tr><td>a</td></tr></table>", "no headers"),
        ("<h1>Another</h1>", "2 main headings"),
        ("<pre>Traceback (most recent call last):</pre>", "the trace of an error"),
        ("<pre>ValueError: could not convert</pre>", "the message of an error"),
        ("<p>FutureWarning: this will change</p>", "a warning"),
        ("<p>read from /home/ana/data.csv</p>", "a path"),
        ("<p>C:\\Users\\ana\\data.csv</p>", "a path"),
        ("<p>made in /srv/reports/city today</p>", "a path"),
        ("<p>from acmlib.display import show</p>", "code"),
        ('<div class="jp-InputArea">x</div>', "code of the notebook"),
        ("<p>rate nan of 12</p>", "a raw missing value"),
        ("<p>&lt;Chart object at 0x7f00&gt;</p>", "an object without a page form"),
        ("<td>HY-00012</td>", "1 participant ids"),
        ("<p>(hy-00012).</p>", "1 participant ids"),
        ("<p>1234567</p>", "1 participant ids"),
        ("<p>as Maria del Mar said</p>", "1 participant ids"),
        ('<img alt="ana ruiz at work" src="data:image/png;base64,AA==">', "1 names"),
        ("<!-- HY-00012 -->", "1 participant ids"),
    ],
)
def test_what_may_not_be_handed_out_is_found(extra, reason):
    assert any(reason in problem for problem in scan_page(page(extra), SECRETS)), scan_page(page(extra), SECRETS)


def test_pictures_are_read_too():
    assert scan_page(page(svg="<svg><text>HY-00012</text></svg>"), SECRETS) == ("1 participant ids or private values are on it",)


def test_a_reason_never_repeats_an_id_or_a_name():
    said = " ".join(scan_page(page("<p>HY-00012 Ana Ruiz Maria del Mar</p>"), SECRETS)).casefold()
    assert "hy-00012" not in said and "ruiz" not in said and "maria" not in said


def test_ids_that_look_like_counts_are_not_mistaken_for_them():
    assert scan_page(page("<p>4711 people; HY-000123; 12345678</p>"), SECRETS) == ()


def test_words_of_a_report_are_no_code_and_no_error():
    harmless = "<p>Information from schools\nimport costs rose. The error: none. Nancy, infants, financial.</p>"
    assert scan_page(page(harmless), SECRETS) == ()


@pytest.mark.parametrize(
    ("lost", "reason"), [(' lang="en"', "language"), ("<title>Jobs, June</title>", "title"), ("<h1>Jobs</h1>", "0 main headings")]
)
def test_a_page_says_what_it_is(lost, reason):
    assert any(reason in problem for problem in scan_page(page().replace(lost, ""), SECRETS))


@pytest.mark.parametrize("title", ["Prices at url(https://example.org) compared", "The @import of trades"])
def test_a_title_that_reads_like_css_stops_nothing(title):
    house = "p { color: black }"
    foot = f'\n@page{{@bottom-left{{content:"{title}"}}}}\n'
    assert scan_page(page().replace(house, house + foot), SECRETS, style=house) == ()
    fetching = f"{foot}@page{{@bottom-left{{content:url(https://example.org/x)}}}}"
    assert any("the style fetches" in problem for problem in scan_page(page().replace(house, house + fetching), SECRETS, style=house))
