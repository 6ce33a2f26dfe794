"""`acm watch` sees files that come, change and go, and leaves those that are still being written."""

import http.server
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from acmlib.publish.watching import arrivals

SAMPLE = "riverside-youth-jobs"


@pytest.fixture
def root(repository: Path, tmp_path: Path) -> Path:
    for folder in ("params", "data"):
        shutil.copytree(repository / folder / SAMPLE, tmp_path / folder / SAMPLE)
    return tmp_path


def _after(root: Path, *steps) -> list:
    """Return what is yielded while one step happens before each look."""
    left = iter(steps)

    def wait(_seconds: float) -> None:
        try:
            next(left)()
        except StopIteration:
            raise KeyboardInterrupt from None

    found = []
    with pytest.raises(KeyboardInterrupt):
        found.extend(arrivals([SAMPLE], root, wait=wait))
    return found


def nothing() -> None:
    """Let one look pass."""


def test_a_file_that_still_grows_is_left_until_it_is_complete(root):
    source = next((root / "data" / SAMPLE).glob("*.csv"))
    name, size = source.relative_to(root).as_posix(), source.stat().st_size

    def grow() -> None:
        with source.open("a", encoding="utf-8") as file:
            file.write("\n")

    found = _after(root, nothing, grow, grow, nothing, nothing)
    assert [[one.files for one in batch] for batch in found] == [[(f"changed {name} ({size + 2:,} bytes, was {size:,})",)]]


def test_a_file_that_goes_and_a_contract_that_is_broken_are_seen_and_the_watch_goes_on(root):
    contract = root / "params" / SAMPLE / "contract.yml"
    good = contract.read_bytes()
    found = _after(root, lambda: contract.write_text("contract: [", encoding="utf-8"), nothing, lambda: contract.write_bytes(good), nothing)
    assert len(found) == 2
    assert any(line.startswith(f"changed params/{SAMPLE}/contract.yml") for line in found[0][0].files)
    note = root / "params" / SAMPLE / "notes" / "new.md"
    note.parent.mkdir(exist_ok=True)
    found = _after(root, lambda: note.write_text("x", encoding="utf-8"), nothing, note.unlink, nothing)
    assert [batch[0].files for batch in found] == [
        (f"new params/{SAMPLE}/notes/new.md (1 byte)",),
        (f"gone params/{SAMPLE}/notes/new.md",),
    ]


def test_a_changed_file_becomes_a_draft_and_ctrl_c_ends_it(root, repository):
    shutil.copytree(repository / "notebooks", root / "notebooks")
    command = [sys.executable, "-u", "-m", "acmlib", "watch", SAMPLE, "--report", "dashboard", "--edition", "internal", "--language", "en"]
    command += ["--seconds", "0.2"]
    said = root / "said.txt"
    with said.open("w") as out:
        process = subprocess.Popen(command, cwd=root, stdout=out, stderr=out, env={**os.environ, "ACM_ROOT": str(root)})
    try:
        _until(lambda: "watching the files of" in said.read_text(), process)
        source = next((root / "data" / SAMPLE).glob("*.csv"))
        time.sleep(1)  # until the first look is over
        os.utime(source)
        _until(lambda: " made, " in said.read_text(), process)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
    text = said.read_text()
    assert f"changed data/{SAMPLE}/{source.name}" in text and "1 page made, 0 not" in text
    assert "no longer watching" in text
    assert list((root / "outputs" / SAMPLE).rglob("dashboard.html"))


def _until(true, process: subprocess.Popen, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.1)


def test_a_database_is_asked_again_and_what_it_has_new_arrives(root, monkeypatch):
    pytest.importorskip("sqlalchemy")
    monkeypatch.setattr("acmlib.publish.watching.ELSEWHERE", 0.0)
    database = root / "data" / SAMPLE / "cases.db"

    def run(sql: str) -> None:
        connection = sqlite3.connect(database)
        with connection:
            connection.execute(sql)
        connection.close()

    run("CREATE TABLE people AS SELECT '1' AS id")
    text = (
        "contract: {title: T, provider: P, agency: A, program: x, starts: 2025-01-01, ends: 2025-12-31}\n"
        f"tables: {{people: {{source: 'sqlite:///data/{SAMPLE}/cases.db', table: people, id: id}}}}\n"
        "metrics: {people: {title: People, kind: count, from: people}}\n"
    )
    (root / "params" / SAMPLE / "contract.yml").write_text(text, encoding="utf-8")
    found = _after(root, nothing, nothing, nothing, lambda: run("INSERT INTO people VALUES ('2')"), nothing, nothing)
    assert [[one.files[0].partition(" (")[0] for one in batch] for batch in found][-1] == [
        f"changed sqlite:///data/{SAMPLE}/cases.db people"
    ]


def test_an_address_is_asked_again_and_what_it_has_new_arrives(root, monkeypatch):
    monkeypatch.setattr("acmlib.publish.watching.ELSEWHERE", 0.0)
    lines = ["id,came_on", "1,2025-02-03"]

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = "\n".join(lines).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/csv")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/people.csv"  # as https://, but for a program on this machine
        text = (
            "contract: {title: T, provider: P, agency: A, program: x, starts: 2025-01-01, ends: 2025-12-31}\n"
            f"tables: {{people: {{source: '{address}', id: id}}}}\n"
            "metrics: {people: {title: People, kind: count, from: people}}\n"
        )
        (root / "params" / SAMPLE / "contract.yml").write_text(text, encoding="utf-8")
        found = _after(root, nothing, nothing, nothing, lambda: lines.append("2,2025-02-04"), nothing, nothing)
        server.shutdown()
    assert [[one.files[0].partition(" (")[0] for one in batch] for batch in found][-1] == [f"changed {address}"]
