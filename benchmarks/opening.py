"""How long a report takes to open in a notebook: ``python benchmarks/opening.py`` prints a table, a row a sample contract.

    python benchmarks/opening.py --against ../older-checkout

With another checkout each contract is opened by both in turn, each with its own code, contracts and data, so that other work on the machine
slows both. Processor seconds, the least of several openings after a first one, without imports; columns "again" are of a report whose data
this process has counted already (`acmlib.measures.counting.count_sources`), the others of one whose data are read.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

EDITIONS = ("internal", "provider", "public")
COLUMNS = ("imports", *(column for edition in EDITIONS for column in (edition, f"{edition} again")))
#: Run in a process of each checkout; prints seconds by edition, null where no report can be opened.
OPEN = """
import json, sys, time
began = time.process_time()
from acmlib.contract.errors import ContractError
from acmlib.display.report import open_report
from acmlib.measures import counting
found = {"imports": time.process_time() - began}
for edition in sys.argv[3:]:
    took, again = [], []
    for number in range(2 * (1 + int(sys.argv[2]))):
        if number % 2 == 0:
            getattr(counting, "_known", []).clear()
        began = time.process_time()
        try:
            open_report(sys.argv[1], edition=edition)
        except ContractError as error:
            print(sys.argv[1], edition, type(error).__name__, file=sys.stderr)
            break
        (again if number % 2 else took).append(time.process_time() - began)
    found[edition], found[f"{edition} again"] = min(took[1:], default=None), min(again[1:], default=None)
print(json.dumps(found))
"""


def opened(checkout: Path, contract: str, times: int) -> dict[str, float | None]:
    """Return the processor seconds of imports and of opening each edition of a contract, with the code of a checkout."""
    command = [sys.executable, "-c", OPEN, contract, str(times), *EDITIONS]
    surroundings = {**os.environ, "PYTHONPATH": str(checkout), "ACM_ROOT": str(checkout)}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)  # modules are compiled once, as by `make`
    said = subprocess.run(command, cwd=checkout, env=surroundings, capture_output=True, text=True, check=True).stdout
    found: dict[str, float | None] = json.loads(said.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("contracts", nargs="*", help="sample contracts; all if none is named")
    parser.add_argument("--against", type=Path, help="another checkout, measured in turn with this one")
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    here = Path(__file__).resolve().parents[1]
    names = given.contracts or sorted(path.parent.name for path in (here / "params").glob("*/contract.yml"))
    checkouts = [*([given.against.resolve()] if given.against else []), here]
    print("| contract |", " | ".join(COLUMNS), "|")
    print("|---|" + "---:|" * len(COLUMNS))
    for name in names:
        found = [opened(checkout, name, given.times) for checkout in checkouts]
        columns = [[one[column] for one in found] for column in COLUMNS]
        print(
            f"| {name} |",
            " | ".join(", ".join("none" if one is None else f"{one:.2f}" for one in column) for column in columns),
            "|",
            flush=True,
        )


if __name__ == "__main__":
    main()
