"""From an executed notebook to the page people are handed: what is on it, what never is, and how it is built."""

import re
from itertools import pairwise

import nbformat
import pytest
from display_frames import dashboard, notebook, shown
from lxml import html
from nbformat.v4 import new_code_cell, new_output

from acmlib.display.objects import Prose
from acmlib.publish.exporter import ExportError, export_page


@pytest.fixture(scope="module", params=["en", "es"])
def page(request):
    text = export_page(dashboard(request.param), title="Harbor – Dashboard, June 2026", language=request.param)
    return request.param, text, html.fromstring(text)


def test_language_title_one_main_heading_and_landmarks(page):
    language, text, tree = page
    assert text.startswith("<!DOCTYPE html>")
    assert tree.xpath("/html/@lang") == [language]
    assert tree.xpath("/html/head/title/text()") == ["Harbor – Dashboard, June 2026"]
    assert len(tree.xpath("//h1")) == 1
    assert [len(tree.xpath(f"//{name}")) for name in ("header", "nav", "main", "footer")] == [1, 1, 1, 1]
    assert tree.xpath("//body/*[1]/@href") == ["#main"], "a skip link comes first"


def test_nothing_runs_and_nothing_is_fetched(page):
    _, text, tree = page
    assert not tree.xpath("//script | //link | //iframe | //form | //@style | //@*[starts-with(name(), 'on')]")
    assert not tree.xpath("//img"), "a drawing is part of the page"
    assert all(target.startswith("#") for target in tree.xpath("//a/@href"))
    assert not re.search(r"https?:|//[a-z]", text.replace('xmlns="http://www.w3.org/2000/svg"', ""))
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")


def test_the_style_is_the_one_that_the_policy_allows(page):
    import base64
    import hashlib

    _, text, tree = page
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in tree.xpath("//meta[@http-equiv]/@content")[0]


def test_code_parameters_and_guidance_are_not_on_the_page(page):
    _, text, _ = page
    assert "secret" not in text and "Edit the cell" not in text


def test_headings_descend_one_level_at_a_time_and_stand_in_the_contents(page):
    _, _, tree = page
    levels = [int(one.tag[1]) for one in tree.xpath("//h1|//h2|//h3|//h4")]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    listed = {target.removeprefix("#") for target in tree.xpath("//nav//a/@href")}
    assert set(tree.xpath("//main//h2/@id")) <= listed


def test_ids_are_unique_and_every_link_arrives(page):
    _, _, tree = page
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {target.removeprefix("#") for target in tree.xpath("//a/@href")} <= set(ids)


def test_every_figure_has_its_data_and_description_in_the_appendix_with_links_both_ways(page):
    _, _, tree = page
    figures = tree.xpath("//figure")
    assert len(figures) == 2
    for number, figure in enumerate(figures, start=1):
        assert figure.get("id") == f"figure-{number}"
        assert figure.xpath(".//figcaption") and len(figure.xpath(".//svg/@aria-label")[0]) > 40
        assert figure.xpath(f".//a[@href='#data-{number}']")
        block = tree.xpath(f"//*[@id='data-{number}']/..")[0]
        assert block.xpath(".//table[caption]") and block.xpath(f".//a[@href='#figure-{number}']")


def test_the_analyst_s_markdown_is_on_the_page_and_cannot_do_anything(page):
    _, _, tree = page
    assert "What we heard" in tree.xpath("//h2/text()")
    assert tree.xpath("//strong[text()='students']")
    assert not tree.xpath("//img[@src='x']")


def test_the_foot_says_how_the_page_was_made(page):
    _, _, tree = page
    foot = tree.xpath("//footer")[0].text_content()
    assert "participants.csv" in foot and "abababababababab" in foot


def test_the_same_notebook_gives_the_same_bytes():
    first, second = (export_page(dashboard(), title="T") for _ in range(2))
    assert first == second


def test_a_page_without_a_title_block_still_has_its_heading():
    tree = html.fromstring(export_page(notebook(shown(Prose(("Text.",)))), title="A <b> title"))
    assert tree.xpath("//h1")[0].text_content() == "A <b> title"


def refused(cell, message):
    with pytest.raises(ExportError, match=message):
        export_page(notebook(shown(Prose(("Text.",))), cell), title="T")


def output(kind, **content):
    return new_code_cell("x", outputs=[new_output(kind, **content)])


def test_a_failed_notebook_never_becomes_a_page():
    refused(output("error", ename="KeyError", evalue="'site'", traceback=["..."]), "cell 2: failed with KeyError: 'site'")


def test_a_failure_in_a_cell_that_is_off_the_page_counts_too():
    cell = output("error", ename="KeyError", evalue="'site'", traceback=["..."])
    cell.metadata["tags"] = ["parameters"]
    refused(cell, "cell 2: failed")


def test_a_warning_keeps_the_page_back():
    refused(output("stream", name="stderr", text="FutureWarning: soon\nmore"), "cell 2: wrote to the error stream: 'FutureWarning: soon'")


@pytest.mark.parametrize(
    "cell",
    [
        output("stream", name="stdout", text="P-00017 Ana"),
        output("execute_result", data={"text/plain": "'a value'"}),
        output("display_data", data={"image/png": "aGVsbG8=", "text/plain": "<Figure>"}),
        output("execute_result", data={"text/html": "<table><tr><td>P-00017</td></tr></table>", "text/plain": "..."}),
    ],
)
def test_what_has_no_caption_or_escaping_is_refused_with_the_remedy(cell):
    refused(cell, r"cell 2: .*use show\.figure, show\.table or show\.text of acmlib\.display, or tag the cell 'analyst'")


def test_an_analyst_may_print_in_a_cell_of_their_own():
    cell = output("stream", name="stdout", text="working")
    cell.metadata["tags"] = ["analyst"]
    assert "working" not in export_page(notebook(cell), title="T")


def test_a_page_read_back_from_a_file_is_the_same(tmp_path):
    nbformat.write(dashboard(), tmp_path / "executed.ipynb")
    again = nbformat.read(tmp_path / "executed.ipynb", as_version=4)
    assert export_page(again, title="T") == export_page(dashboard(), title="T")


def test_a_template_in_the_current_folder_is_not_used(tmp_path, monkeypatch):
    trap = tmp_path / "acm_page"
    trap.mkdir()
    (trap / "index.html.j2").write_text("trapped", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    from acmlib.publish import exporter

    exporter._template.cache_clear()
    assert "trapped" not in export_page(notebook(), title="T")


def test_the_line_at_the_foot_of_printed_pages_is_somebody_s_text():
    text = export_page(notebook(), title="T", running='a"} body{display:none} </style><script>')
    assert "<script>" not in text and "</style><" not in text.split("</style>")[0]
    assert "display:none}" not in text.split("</style>")[0].split("@bottom-left{content:")[-1]
