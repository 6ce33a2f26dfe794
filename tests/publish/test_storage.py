"""A workspace in object storage, tested against a real S3 API on this machine, with workers that share no disk."""

import datetime as dt
import functools
import json
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest

from acmlib.publish.batch import run_jobs
from acmlib.publish.jobs import Job, plan_jobs
from acmlib.publish.outcomes import Made
from acmlib.publish.pdf import PdfError, require_pdf
from acmlib.publish.storage import Storage
from acmlib.publish.storage_kinds import StorageError
from acmlib.publish.store import RUN_TIME, keep_page, working_folder
from acmlib.release.ledger import Entry, OvertakenError, enter, read_ledger, stage

DASHBOARD = Job("little-jobs", "dashboard", None, "2025-06", "provider", "en")
FOLDER = DASHBOARD.folder.as_posix()

try:
    require_pdf()
    PDF = True
except PdfError:
    PDF = False


@pytest.fixture(scope="module")
def s3():
    """An S3 API on loopback."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    yield settings
    server.stop()
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.fixture()
def bucket(s3, tmp_path_factory):
    """A new bucket."""
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    name = tmp_path_factory.mktemp("bucket").name.replace("_", "-").lower()
    fs = s3fs.S3FileSystem()
    fs.mkdir(name)
    return fs, name


def put(root: Path, storage: Storage, text: str, job: Job = DASHBOARD, run: str = "20250101T000000Z-0000", *, pdf: bool = False) -> None:
    """Keep a page in a workspace, and let the storage know."""
    with working_folder(root) as working:
        (working / "page").write_text(text)
        (working / "release").write_text(text)
        digest = sha256(text.encode()).hexdigest()
        record = {"run": run, "sha256": digest, "release_sha256": digest}
        made = Made(job, working / "page", working / "release", record)
        if pdf:
            (working / "pdf").write_text(text)
            made = replace(made, record=record | {"pdf_sha256": digest}, pdf=working / "pdf")
        keep_page(made, root, working)
    storage.commit(job, root)


def test_pages_are_made_from_a_bucket_and_go_back_to_it_and_only_once(workspace: Path, bucket, acm):
    fs, name = bucket
    url = f"s3://{name}/workbooks"
    for part in ("params", "data", "notebooks"):
        fs.put(str(workspace / part), f"{name}/workbooks/{part}", recursive=True)
    command = ["run", "little-jobs", "--root", url, "--report", "dashboard", "--language", "en"]
    nowhere = workspace / "elsewhere"
    nowhere.mkdir()
    status, said = acm(nowhere, *command)
    assert status == 0, said
    assert "Report for 2025-06, provider, en." in fs.cat_file(f"{name}/workbooks/{FOLDER}/dashboard.html").decode()
    record = json.loads(fs.cat_file(f"{name}/workbooks/{FOLDER}/run.json"))
    assert set(record["pages"]) == {"dashboard.html"}
    assert "Little Jobs" in fs.cat_file(f"{name}/workbooks/outputs/index.html").decode()
    assert "1 of 1 pages are up to date" in acm(nowhere, *command)[1]
    assert list(nowhere.iterdir()) == []


def test_workers_that_share_nothing_but_the_bucket_make_its_pages_and_pdfs(workspace: Path, bucket, contract):
    distributed = pytest.importorskip("distributed")
    fs, name = bucket
    contract("other-jobs")
    for part in ("params", "data", "notebooks"):
        fs.put(str(workspace / part), f"{name}/w/{part}", recursive=True)
    nowhere = workspace / "elsewhere"
    nowhere.mkdir()
    # The machine of the batch has no WeasyPrint: the workers, which have it, need it alone.
    (nowhere / "weasyprint.py").write_text("raise ImportError(name='weasyprint')")
    surroundings = {**os.environ, "PYTHONPATH": str(nowhere)}
    local = distributed.LocalCluster
    # Dask sets a seed for its workers here, with which the fork server of the other tests would serve none of them.
    with patch.dict(os.environ), local(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        for part in ("params", "data", "notebooks"):
            shutil.rmtree(workspace / part)
        command = [sys.executable, "-m", "acmlib", "run", "--all", "--root", f"s3://{name}/w", "--scheduler", cluster.scheduler_address]
        command += ["--report", "dashboard", "--language", "en", *(["--pdf"] if PDF else [])]
        made = subprocess.run(command, cwd=nowhere, capture_output=True, text=True, check=False, env=surroundings)
    assert made.returncode == 0, made.stdout + made.stderr
    for each in ("little-jobs", "other-jobs"):
        assert b"Report for 2025-06" in fs.cat_file(f"{name}/w/outputs/{each}/2025-06/provider/dashboard.html")
        assert not PDF or fs.cat_file(f"{name}/w/outputs/{each}/2025-06/provider/dashboard.pdf").startswith(b"%PDF")
    again = subprocess.run(command, cwd=nowhere, capture_output=True, text=True, check=False, env=surroundings)
    assert again.returncode == 0 and "2 of 2 pages are up to date" in again.stdout, again.stdout + again.stderr


def test_two_batches_commit_to_one_folder_and_nothing_is_lost(tmp_path: Path, bucket):
    url = f"s3://{bucket[1]}/w"

    def batch(number: int) -> None:
        root, storage = tmp_path / str(number), Storage(url)
        for turn in range(4):
            put(root, storage, f"{number} {turn}", Job("little-jobs", f"report{number}", None, "2025-06", "provider", "en"))

    threads = [threading.Thread(target=batch, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fs = bucket[0]
    folder = f"{bucket[1]}/w/{FOLDER}"
    pages = json.loads(fs.cat_file(f"{folder}/run.json"))["pages"]
    assert set(pages) == {f"report{number}.html" for number in range(3)}
    for name, page in pages.items():
        assert fs.cat_file(f"{folder}/{name}").decode() == f"{name[6]} 3"
        assert fs.cat_file(f"{folder}/.kept/{page['sha256']}.html") == fs.cat_file(f"{folder}/{name}")
    assert fs.cat_file(f"{folder}/release.csv").decode() in {f"{number} 3" for number in range(3)}


def test_a_reader_of_the_record_always_finds_the_page_and_the_release_that_it_names(tmp_path: Path, bucket):
    fs, name = bucket
    storage = Storage(f"s3://{name}/w")
    put(tmp_path, storage, "0")
    done = threading.Event()

    def write() -> None:
        for number in range(1, 15):
            put(tmp_path, storage, str(number))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = 0
    while not done.is_set():
        newest = max(fs.ls(f"{name}/w/{FOLDER}/.records", detail=False))
        try:
            page = json.loads(fs.cat_file(newest))["pages"]["dashboard.html"]
        except FileNotFoundError:  # two newer ones came: the reader looks again
            continue
        kept = f"{name}/w/{FOLDER}/.kept"
        assert fs.cat_file(f"{kept}/{page['sha256']}.html") == fs.cat_file(f"{kept}/{page['release_sha256']}.csv")
        seen += 1
    writer.join()
    assert seen > 3


def test_a_number_is_taken_once(bucket):
    storage = Storage(f"s3://{bucket[1]}/w")
    assert [storage._created(f"{bucket[1]}/w/1.json", text) for text in (b"a", b"b")] == [True, False]
    assert bucket[0].cat_file(f"{bucket[1]}/w/1.json") == b"a"


def test_an_older_run_does_not_replace_a_newer_page(tmp_path: Path, bucket):
    storage = Storage(f"s3://{bucket[1]}/w")
    put(tmp_path / "new", storage, "new", run="20250102T000000Z-0000")
    put(tmp_path / "old", storage, "old", run="20250101T000000Z-0000")
    assert bucket[0].cat_file(f"{bucket[1]}/w/{FOLDER}/dashboard.html") == b"new"


def test_a_pdf_is_known_by_its_digest_and_never_stands_beside_a_newer_page(tmp_path: Path, bucket):
    fs, name = bucket
    storage = Storage(f"s3://{name}/w")
    put(tmp_path, storage, "first", pdf=True)
    storage.pull_records(tmp_path)
    assert fs.cat_file(f"{name}/w/{FOLDER}/dashboard.pdf") == b"first"
    assert storage.published(f"{FOLDER}/dashboard.pdf", sha256(b"first").hexdigest())
    put(tmp_path, storage, "second")
    storage.pull_records(tmp_path)
    assert not fs.exists(f"{name}/w/{FOLDER}/dashboard.pdf")
    assert not storage.published(f"{FOLDER}/dashboard.pdf", sha256(b"first").hexdigest())


def test_nothing_of_a_page_that_another_batch_overtook_gets_into_the_bucket_or_its_index(workspace: Path, bucket, public_rule: None):
    fs, name = bucket
    storage, out = Storage(f"s3://{name}/w"), f"{name}/w/outputs/little-jobs"

    def text(path: str) -> str:
        return fs.cat_file(f"{name}/w/{path}").decode()

    june, may = (
        replace(plan_jobs("little-jobs", root=workspace, report="dashboard", language="en", period=month)[0], to_release=True)
        for month in ("2025-06", "2025-05")
    )
    assert run_jobs([june], root=workspace, storage=storage) == ()
    page, before = text(june.page.as_posix()), json.loads(text(f"{FOLDER}/run.json"))["pages"]["dashboard.html"]
    (entry,) = fs.ls(f"{name}/w/ledger/little-jobs", detail=False)
    theirs = workspace.parent / "theirs"
    shutil.copytree(workspace / "ledger", theirs / "ledger")
    (known,) = read_ledger("little-jobs", theirs)
    written = enter(replace(known, period="2025-04"), "little-jobs", theirs, decided_with={known.content})
    other = f"{name}/w/ledger/little-jobs/{written.name}"
    fs.pipe_file(other, written.read_bytes())  # of another batch, which readers have by now
    failures = run_jobs([june, may], root=workspace, storage=storage)
    assert [(one.period, one.where) for one in failures] == [("2025-06", "ledger/little-jobs"), ("2025-05", "ledger/little-jobs")]
    assert {*fs.ls(f"{name}/w/ledger/little-jobs", detail=False)} == {entry, other}
    assert [path.rpartition("/")[2] for path in fs.ls(out, detail=False)] == ["2025-06"]
    assert text(june.page.as_posix()) == page
    after = json.loads(text(f"{FOLDER}/run.json"))["pages"]["dashboard.html"]
    assert after.pop("failed")["where"] == "ledger/little-jobs" and before.pop("failed") is None and after == before
    index = text("outputs/index.html")
    assert "Not the newest" in index and "2025-05" not in index
    assert not (workspace / may.folder).exists()
    assert len(list((workspace / "ledger/little-jobs").iterdir())) == 2, "what readers have is known here, too"


def test_of_two_batches_that_looked_at_the_same_time_one_sees_what_the_other_gave_away(tmp_path: Path, bucket, monkeypatch):
    fs, name = bucket
    storage, ledger = Storage(f"s3://{name}/w"), f"{name}/w/ledger/little-jobs"
    theirs = enter(Entry("2025-05", "provider", "2025-06-01", 11, {}, ()), "little-jobs", tmp_path / "theirs", decided_with=())
    entry = stage(Entry("2025-06", "provider", "2025-07-01", 11, {}, ()), tmp_path / "entry")
    created = storage._created

    def they_were_first(path: str, content: bytes) -> bool:
        fs.pipe_file(f"{ledger}/0001.json", theirs.read_bytes())
        return created(path, content)

    monkeypatch.setattr(storage, "_created", they_were_first)
    with pytest.raises(OvertakenError):
        storage.enter_ledger(Made(DASHBOARD, tmp_path / "page", tmp_path / "release", {"run": "r"}, entry), tmp_path)
    assert not list((tmp_path / "ledger/little-jobs").iterdir())


def test_what_is_gone_from_the_bucket_is_gone_from_the_copy(tmp_path: Path, bucket):
    fs, name = bucket
    fs.pipe_file(f"{name}/w/params/a/contract.yml", b"a")
    fs.pipe_file(f"{name}/w/params/a/notes/x.md", b"x")
    storage = Storage(f"s3://{name}/w")
    storage.pull(tmp_path, "params/a")
    fs.rm_file(f"{name}/w/params/a/notes/x.md")
    fs.pipe_file(f"{name}/w/params/a/contract.yml", b"b")
    storage.pull(tmp_path, "params/a")
    assert (tmp_path / "params/a/contract.yml").read_text() == "b" and not (tmp_path / "params/a/notes/x.md").exists()
    # A record of a page that never got there, as the storage did not answer: the index is made from what is left.
    record = tmp_path / FOLDER / "run.json"
    record.parent.mkdir(parents=True)
    record.write_text("{}")
    storage.pull_records(tmp_path)
    assert not record.exists()


def without(package: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(find_spec(package) is not None, reason=f"{package} is installed")


@pytest.mark.parametrize(
    ("url", "settings", "said"),
    [
        ("s3://no-such-bucket/w", {}, "there is no such bucket or folder"),
        ("s3://bucket/w", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "the storage does not answer; check address and network"),
        (
            "s3://bucket/w",
            {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
            "no credentials were found; set AWS_PROFILE, or",
        ),
        ("s5://bucket/w", {}, "is no address of a storage; use s3://BUCKET/FOLDER, gs://, abfs:// or https://"),
        ("s3://", {}, "is no address of a storage"),
        ("https://127.0.0.1:9/w", {}, "the storage does not answer; check address and network"),
        pytest.param("gs://bucket/w", {}, "on every machine: pip install gcsfs", marks=without("gcsfs")),
        pytest.param("abfs://bucket/w", {}, "on every machine: pip install adlfs", marks=without("adlfs")),
    ],
)
def test_what_is_wrong_with_a_storage_is_said_in_one_line(tmp_path: Path, s3, monkeypatch, url, settings, said):
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    nobody = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_SHARED_CREDENTIALS_FILE": "none", "AWS_CONFIG_FILE": "none"}
    for name, value in (nobody | settings).items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)
    with pytest.raises(StorageError) as error:
        Storage(url).pull(tmp_path, "params")
    assert said in error.value.strerror and "\n" not in error.value.strerror
    s3fs.S3FileSystem.clear_instance_cache()


def test_a_storage_that_refuses_a_wrong_clock_is_said_as_that(monkeypatch, s3):
    import s3fs

    async def refuse(*given: object, **options: object) -> None:
        raise PermissionError("The difference between the request time and the current time is too large.")

    monkeypatch.setattr(s3fs.S3FileSystem, "_ls", refuse)
    with pytest.raises(StorageError, match="because its clock is wrong; let it take the time from the network"):
        Storage("s3://bucket/w")


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_wrong_clock_neither_keeps_a_page_out_nor_removes_what_another_batch_is_about_to_name(tmp_path, bucket, monkeypatch, hours):
    fs, name = bucket
    storage, now = Storage(f"s3://{name}/w"), dt.datetime.now(dt.UTC)
    put(tmp_path, storage, "first", run=f"{now:{RUN_TIME}}-0000")
    fs.pipe_file(f"{name}/w/{FOLDER}/.kept/another.html", b"of a batch that writes its record next")

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return now + dt.timedelta(hours=hours)

    for module in ("storage", "store"):
        monkeypatch.setattr(f"acmlib.publish.{module}.dt", SimpleNamespace(datetime=Clock, UTC=dt.UTC, timedelta=dt.timedelta))
    monkeypatch.setattr("acmlib.publish.storage._written", lambda info: info["LastModified"])
    put(tmp_path, storage, "second", run=f"{Clock.now():{RUN_TIME}}-0000")
    assert fs.cat_file(f"{name}/w/{FOLDER}/dashboard.html") == b"second"
    assert fs.exists(f"{name}/w/{FOLDER}/.kept/another.html")


def test_an_address_without_contracts_is_said_and_so_is_a_web_server_that_pages_cannot_go_back_to(tmp_path: Path, bucket, acm):
    status, said = acm(tmp_path, "run", "--all", "--root", f"s3://{bucket[1]}/wrokbooks")
    assert status == 1 and "has no params/ID/contract.yml; check the address" in said
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        status, said = acm(tmp_path, "run", "--all", "--root", f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
    assert status == 1 and "can only be read; name a folder for the pages with --outputs FOLDER" in said


def test_a_workspace_that_a_web_server_gives_is_read_and_its_pages_go_into_a_folder(workspace: Path, tmp_path: Path, acm):
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(workspace)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    out = tmp_path / "pages"
    command = ["run", "little-jobs", "--report", "dashboard", "--language", "en"]
    command += ["--root", f"http://127.0.0.1:{server.server_port}", "--outputs", str(out)]
    try:
        status, said = acm(tmp_path, *command)
        assert status == 0, said
        assert "Report for 2025-06" in (out / "little-jobs/2025-06/provider/dashboard.html").read_text()
        assert "1 of 1 pages are up to date" in acm(tmp_path, *command)[1]
    finally:
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """A web server that does not print."""

    def log_message(self, format: str, *given: object) -> None:  # noqa: A002 -- its name in the standard library
        return
