"""Every input file of a contract, spoiled in seeded ways: each is read, or refused with a message, and never ends in a traceback.

make attacks-inputs              # ATTACKS=500 mutations of each file; a failing one names its number
"""

from __future__ import annotations

import json
import os
import random
import shutil
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from acmlib.cli.checking import check_contract, check_notebooks
from acmlib.contract.errors import ContractError
from acmlib.contract.load import load_contract, load_records
from acmlib.intake.build.sources import open_tables
from acmlib.publish.index import write_index
from acmlib.publish.inventory import Inventory
from acmlib.publish.jobs import RequestError
from acmlib.release.editions import make_release

ATTACKS = int(os.environ.get("ATTACKS", "500"))
ROOT = Path(__file__).resolve().parents[2]
CONTRACT = "harbor-youth-jobs"
#: Every so many mutations the whole workspace is used with the spoiled file in it, up to a release.
SELDOM = 50

#: What stands in the place of a value.
ODD = (
    *(
        "",
        "null",
        "~",
        "-1",
        "0",
        "1e309",
        "9" * 400,
        "nan",
        "true",
        "2026-02-30",
        "9999-12-31",
        "0001-01-01",
        "{}",
        "[]",
        "[[[[",
        "*a",
        "&a",
    ),
    *("!!python/object:os.system", "'", '"', "\x00", "\ufeff", "\u202e", "\U0001f4a5" * 50, "a" * 100_000, "../../etc/passwd", "=1+1"),
    *("select 1; drop table x", "\\", "%s%n", "${HOME}", "<!--", "]]>"),
)


def cut(content: bytes, rng: random.Random) -> bytes:
    """Leave the file off in the middle."""
    return content[: rng.randrange(len(content) + 1)]


def flip(content: bytes, rng: random.Random) -> bytes:
    """Change a few bytes."""
    changed = bytearray(content or b"x")
    for _ in range(rng.randint(1, 8)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def lines(content: bytes, rng: random.Random) -> bytes:
    """Take out, repeat or exchange lines."""
    found = content.split(b"\n")
    one, other = rng.randrange(len(found)), rng.randrange(len(found))
    if rng.random() < 0.3:
        del found[one]
    elif rng.random() < 0.5:
        found[one:one] = [found[other]] * rng.randint(1, 3)
    else:
        found[one], found[other] = found[other], found[one]
    return b"\n".join(found)


def value(content: bytes, rng: random.Random) -> bytes:
    """Put something odd in the place of a value: after a colon or between commas."""
    places = [i for i, byte in enumerate(content) if byte in b":,"] or [0]
    start = rng.choice(places) + 1
    end = min((content + b"\n,}").find(sign, start) % (len(content) + 4) for sign in (b"\n", b",", b"}"))
    return content[:start] + b" " + rng.choice(ODD).encode() + content[end:]


def key(content: bytes, rng: random.Random) -> bytes:
    """Misspell a word."""
    words = [i for i in range(1, len(content)) if content[i - 1 : i].isalpha()] or [0]
    place = rng.choice(words)
    return content[: place - 1] + content[place:]


def encoding(content: bytes, rng: random.Random) -> bytes:
    """Save the file in another encoding, as spreadsheets do."""
    return content.decode("utf-8", "replace").encode(rng.choice(["utf-16", "cp1252", "utf-8-sig", "utf-7"]), "replace")


def binary(content: bytes, rng: random.Random) -> bytes:
    """Save something else under the name of the file."""
    return rng.choice([b"", b"PK\x03\x04" + content, b"%PDF-1.7\n" + content, rng.randbytes(3000)])


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (cut, flip, lines, value, value, value, key, key, encoding, binary)


#: Files that people write or providers send, of every kind there is; and notebooks.
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in (f"params/{CONTRACT}", f"data/{CONTRACT}", "notebooks")
    for path in (ROOT / folder).rglob("*")
    if path.is_file() and not {"training", ".ipynb_checkpoints"} & set(path.parts)
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace of one sample with every kind of file that people write."""
    root = tmp_path_factory.mktemp("inputs")
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    return root


def read(name: str, root: Path) -> bool:
    """Read one file as the commands do, and return whether nothing was wrong with it."""
    if name.startswith("notebooks/"):
        return not check_notebooks(root)
    contract = load_contract(CONTRACT, root=root)
    if name.startswith("data/"):
        with open_tables(contract, root=root):
            pass
    else:
        load_records(CONTRACT, root, contract=contract)
    return True


def use(root: Path) -> bool:
    """Do with a workspace all that the commands do before a page is made, and return whether nothing was wrong."""
    problems = check_notebooks(root)
    assert all(one.what for one in check_contract(CONTRACT, root=root))
    Inventory(root).plan(CONTRACT)
    make_release(load_contract(CONTRACT, root=root), root=root, edition="provider")
    return not problems


def outcome(attempt: Callable[[], bool]) -> str:
    """Return whether spoiled files were read or refused with a message; any other error is a defect."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return "read" if attempt() else "refused"
    except ContractError as error:
        assert error.errors and all(message.strip() for message in error.errors)
        assert not any(" at 0x" in message or "Traceback" in message for message in error.errors), error.errors
    except RequestError as error:
        assert str(error).strip()
    return "refused"


@pytest.mark.parametrize("name", FILES)
def test_an_input_file_spoiled_in_any_way_is_read_or_refused(name: str, whole: Path, tmp_path: Path) -> None:
    root = whole
    if name.startswith("notebooks/"):  # alone: the others are as they were
        root = tmp_path
        (root / "params").mkdir()
        (root / name).parent.mkdir(parents=True)
    content = (whole / name).read_bytes()
    counted: Counter[str] = Counter()
    failed: list[str] = []
    for attack in range(ATTACKS):
        rng = random.Random(f"{name} {attack}")
        mutation = rng.choice(MUTATIONS)
        spoiled = mutation(content, rng)
        try:
            (root / name).write_bytes(spoiled)
            counted[outcome(lambda: read(name, root))] += 1
            if attack % SELDOM == 0:
                (whole / name).write_bytes(spoiled)
                outcome(lambda: use(whole))
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            failed.append(f"{name}, attack {attack}, {mutation.__name__}: {type(error).__name__}: {str(error)[:300]}")
        finally:
            (whole / name).write_bytes(content)
    print(f"\n{ATTACKS} mutations of {name}: {counted['read']} read, {counted['refused']} refused, {len(failed)} failed")  # noqa: T201
    assert not failed, "\n".join(failed)


def test_records_of_pages_spoiled_in_any_way_spoil_no_index(whole: Path) -> None:
    folder = whole / "outputs" / CONTRACT / "2026-06" / "provider"
    folder.mkdir(parents=True)
    page = {
        "run": "r",
        "made_at": "2026-07-01T00:00:00+00:00",
        "sha256": "0",
        "release_sha256": "0",
        "contract_title": "T",
        "data_until": "2026-06-30",
    }
    head = {"contract": CONTRACT, "period": "2026-06", "edition": "provider", "release": "release.csv"}
    content = json.dumps(head | {"pages": {"dashboard.html": page}}, indent=1).encode()
    for attack in range(ATTACKS):
        rng = random.Random(attack)
        (folder / "run.json").write_bytes(rng.choice(MUTATIONS)(content, rng))
        write_index(whole)
        Inventory(whole)
