"""Ask for known vulnerabilities of what pages need (``make audit``); 0 only if every package was looked up and none has one.

pip-audit says "No known vulnerabilities found" and ends with 0 even where the index has no advisories at all, as many mirrors have none.
Then nothing was audited, and this says so.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCKS = Path(__file__).parent


def audit(lock: Path) -> int:
    """Look up the packages of a lock, say what was found, and return the exit status."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--disable-pip", "--require-hashes", "--format", "json"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    packages = json.loads(answer.stdout)["dependencies"] if answer.stdout.startswith("{") else []
    audited = [one for one in packages if "skip_reason" not in one]
    found = [(one["name"], one["version"], flaw) for one in audited for flaw in one["vulns"]]
    for name, version, flaw in found:
        others = ", ".join(flaw.get("aliases", [])) or "no other name"
        print(f"{name} {version}: {flaw['id']} ({others}); fixed in {flaw['fix_versions'] or '?'}")
    if not audited:
        why = packages[0]["skip_reason"] if packages else (answer.stderr.strip().splitlines() or ["pip-audit gave no answer"])[-1]
        print(f"NOTHING WAS AUDITED: no advisory data could be reached from here ({why[:200]}).")
        print("Run `make audit` where the package index has advisories: the public one has, most mirrors have not.")
        return 3
    print(f"{lock.name}: {len(audited)} of {len(packages)} packages audited, {len(found)} known vulnerabilities")
    return 1 if found else 0 if len(audited) == len(packages) else 3


if __name__ == "__main__":
    sys.exit(audit(LOCKS / "pages.lock"))
