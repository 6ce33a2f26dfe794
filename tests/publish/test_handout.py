"""What one meeting's readers get: their own pages and nothing of anybody else's, a calendar that programs read, a mail draft."""

import datetime as dt
import email
import hashlib
import json
import re
import shutil
import zipfile
from email import policy
from pathlib import Path

import pytest

from acmlib.contract.calendar import entries, entries_for
from acmlib.contract.load import load_contract, load_records
from acmlib.contract.periods import parse_period
from acmlib.display.words import Words
from acmlib.publish.calendar_file import calendar_text
from acmlib.publish.handout import HandoutError, gather

HARBOR = "harbor-youth-jobs"
PERIOD = parse_period("2026-06")
NOW = dt.datetime(2026, 7, 9, 8, 30, tzinfo=dt.UTC)


@pytest.fixture
def workspace(repository: Path, tmp_path: Path) -> Path:
    """A workspace with a finished page in each edition; each says whose it is."""
    shutil.copytree(repository / "params" / HARBOR, tmp_path / "params" / HARBOR)
    for edition in ("internal", "provider", "public"):
        folder = tmp_path / "outputs" / HARBOR / "2026-06" / edition
        folder.mkdir(parents=True)
        page = f"<h1>for {edition} readers</h1>".encode()
        (folder / "dashboard.html").write_bytes(page)
        (folder / "release.csv").write_text("not for a meeting")
        known = {"sha256": hashlib.sha256(page).hexdigest(), "edition": edition, "report_title": "Dashboard"}
        record = {"contract": HARBOR, "period": "2026-06", "edition": edition, "pages": {"dashboard.html": known}}
        (folder / "run.json").write_text(json.dumps(record))
    return tmp_path


def made(root: Path, edition: str, language: str = "en"):
    contract = load_contract(HARBOR, root=root)
    records = load_records(HARBOR, root, contract=contract)
    return gather(contract, records, PERIOD, edition, root=root, language=language, now=NOW)


@pytest.mark.parametrize("edition", ["internal", "provider", "public"])
def test_nothing_of_another_audience_is_in_a_handout(workspace, edition):
    handout = made(workspace, edition)
    with zipfile.ZipFile(handout.archive) as archive:
        inside = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(inside) == {path.name for path in handout.folder.iterdir()}
    assert inside["dashboard.html"] == f"<h1>for {edition} readers</h1>"
    others = {"internal", "provider", "public"} - {edition}
    told = "\n".join([*inside.values(), handout.mail.read_text(encoding="utf-8")])
    assert not [one for one in others if f"for {one} readers" in told]
    # An internal action, and the agency's own date, are in no handout but the internal one; the reply form is the provider's.
    assert ("decide what follows" in told) == (edition == "internal")
    assert "transport budget covers" not in told
    assert ("responses.csv" in inside) == (edition == "provider")
    assert "release.csv" not in inside


def test_a_page_that_was_put_there_by_hand_is_refused(workspace):
    folder = workspace / "outputs" / HARBOR / "2026-06"
    shutil.copy(folder / "internal" / "dashboard.html", folder / "provider" / "dashboard.html")
    with pytest.raises(HandoutError, match=r"provider/dashboard.html: is not the page that was made"):
        made(workspace, "provider")


def test_without_pages_it_says_how_to_make_them(workspace):
    shutil.rmtree(workspace / "outputs" / HARBOR / "2026-06" / "provider")
    with pytest.raises(HandoutError, match="acm run harbor-youth-jobs --period 2026-06 --edition provider"):
        made(workspace, "provider")


def test_checksums_fit_and_the_same_handout_is_the_same_bytes(workspace):
    handout = made(workspace, "provider")
    first = handout.archive.read_bytes()
    for line in (handout.folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((handout.folder / name).read_bytes()).hexdigest() == digest
    assert made(workspace, "provider").archive.read_bytes() == first


def test_the_mail_says_what_is_inside_when_the_meeting_is_and_by_when_to_reply(workspace):
    handout = made(workspace, "provider", "es")
    message = email.message_from_bytes(handout.mail.read_bytes(), policy=policy.default)
    body = message.get_body().get_content()
    assert "16 de julio de 2026" in body and "14 de julio de 2026" in body and "Dashboard (dashboard.html)" in body
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == handout.archive.name and attached.get_content() == handout.archive.read_bytes()


def test_the_reply_form_comes_back_as_replies(workspace):
    handout = made(workspace, "provider")
    head, first, second, *rest = (handout.folder / "responses.csv").read_text(encoding="utf-8").splitlines()
    assert head == "period,figure,title,reply,text,by,on" and first.startswith("2026-06,enrolled_30d,")
    filled = "\n".join([head, first.replace(",,,,", ",agree,,Dana Cole,2026-07-13"), second, *rest]) + "\n"
    (workspace / "params" / HARBOR / "responses.csv").write_text(filled, encoding="utf-8")
    (reply,) = load_records(HARBOR, workspace, contract=load_contract(HARBOR, root=workspace)).responses
    assert (reply.figure, reply.reply, reply.by) == ("enrolled_30d", "agree", "Dana Cole")


def test_the_reply_form_asks_for_the_figures_that_the_pre_read_numbers_in_its_order(workspace):
    folder = workspace / "outputs" / HARBOR / "2026-06" / "provider"
    words = Words("es")
    asked = {"placed_6m": "answer_as", "enrolled_30d": "answer_next", "placed_6m.site": "answer_next"}
    page = "".join(f"<p>{words(f'replies.{name}', id=one)}</p>" for one, name in asked.items()).encode()
    (folder / "pre_read.es.html").write_bytes(page)
    record = json.loads((folder / "run.json").read_text())
    record["pages"]["pre_read.es.html"] = {"sha256": hashlib.sha256(page).hexdigest(), "edition": "provider"}
    (folder / "run.json").write_text(json.dumps(record))
    rows = (made(workspace, "provider").folder / "responses.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [row.split(",")[1] for row in rows] == ["placed_6m", "enrolled_30d", "placed_6m.site"]


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_the_calendar_has_every_day_once_in_the_form_that_programs_read(repository):
    contract = load_contract(HARBOR, root=repository)
    records = load_records(HARBOR, repository, contract=contract)
    days = entries_for(entries(records.calendar, contract, records.meetings), "internal")
    text = calendar_text(days, contract, records.calendar, Words("es"), stamp=NOW)
    lines = unfolded(text)
    assert text.endswith("END:VCALENDAR\r\n") and "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(days)
    names = [line for line in lines if line.startswith("UID:")]
    assert len(set(names)) == len(names)
    assert "DTSTART:20260716T100000" in lines and "DURATION:PT90M" in lines
    assert "LOCATION:Harbor House\\, sala 2" in lines
    assert "DTSTART;VALUE=DATE:20261003" in lines, "270 days before the end the next award is decided"


@pytest.fixture
def handed(repository: Path, tmp_path: Path, acm) -> Path:
    """A workspace whose provider was handed the report for May, before ten participants of early 2026 were taken out as duplicates."""
    for name in (f"params/{HARBOR}", f"data/{HARBOR}"):
        shutil.copytree(repository / name, tmp_path / name)
    (tmp_path / "notebooks").mkdir()
    for name in ("dashboard", "agenda"):
        shutil.copyfile(repository / "notebooks" / f"{name}.ipynb", tmp_path / "notebooks" / f"{name}.ipynb")
    acm(tmp_path, "run", HARBOR, "--period", "2026-05", "--report", "dashboard", "--edition", "provider", "--language", "en", "--jobs", "1")
    assert acm(tmp_path, "handout", HARBOR, "--period", "2026-05")[0] == 0
    return tmp_path


def corrected(root: Path, *, reason: str = "") -> None:
    """Take ten participants out of the provider's file, and write why."""
    file = root / "data" / HARBOR / "participants.csv"
    lines = file.read_text().splitlines(keepends=True)
    gone = [line for line in lines if ",2026-01-" in line][:10]
    file.write_text("".join(line for line in lines if line not in gone))
    if reason:
        contract = root / "params" / HARBOR / "contract.yml"
        contract.write_text(contract.read_text() + f"\nrestatements:\n  - {{period: term, reason: {{en: {reason}, es: {reason}}}}}\n")


def pages_of_june(root: Path, acm, report: str = "dashboard", language: str = "en", edition: str = "provider") -> str:
    status, said = acm(
        root, "run", HARBOR, "--period", "2026-06", "--report", report, "--edition", edition, "--language", language, "--jobs", "1"
    )
    assert status == 0, said
    page = root / "outputs" / HARBOR / "2026-06" / edition / f"{report}{'' if language == 'en' else '.es'}.html"
    return " ".join(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")).split())


def test_figures_that_were_handed_out_with_other_numbers_are_named_in_the_next_report(handed: Path, acm):
    copy = next((handed / "handouts" / HARBOR).glob("2026-05-provider.*.csv"))
    with zipfile.ZipFile(handed / "handouts" / HARBOR / f"{HARBOR}-2026-05-provider.zip") as archive:
        assert not [name for name in archive.namelist() if name.startswith("2026-05-provider")]
    unchanged = pages_of_june(handed, acm)
    assert "handed out for May 2026" not in unchanged, "with the same data no figure is told to be another one"
    corrected(handed, reason="ten duplicates were taken out")
    for edition in ("provider", "internal"):
        told = pages_of_june(handed, acm, edition=edition)
        assert re.search(r"Enrolled: \d+ figures of the report handed out for May 2026 have other numbers now; it said", told)
        assert "Why: ten duplicates were taken out." in told
    assert "handed out for May 2026" in pages_of_june(handed, acm, report="agenda")
    assert "cifras del informe entregado de mayo de 2026 tienen ahora otro valor" in pages_of_june(handed, acm, language="es")
    copy.write_text(copy.read_text().replace("37.0", "36.0"))
    assert "missing, changed or of another version" in pages_of_june(handed, acm)
    copy.unlink()  # as of a handout that an earlier version made
    assert "The copy of what was handed out for May 2026 is missing" in pages_of_june(handed, acm)
