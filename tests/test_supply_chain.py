"""What pages are made with is listed with licences and hashes, and an audit that looked nothing up says so."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def bill(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bill", repository / "requirements/bill.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["bill"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_the_bill_of_materials_holds_every_package_of_the_lock_with_its_hashes(repository: Path, bill, tmp_path: Path):
    paths = [tmp_path / "licences.md", tmp_path / "bill.cdx.json"]
    command = [sys.executable, "requirements/bill.py", "--licences", paths[0], "--bill", paths[1]]
    subprocess.run(command, cwd=repository, check=True)
    lock = (repository / "requirements/pages.lock").read_text()
    content = json.loads(paths[1].read_text())
    assert (content["bomFormat"], content["specVersion"]) == ("CycloneDX", "1.6")
    assert len(content["components"]) == sum("==" in line for line in lock.splitlines()) > 90
    assert sum(len(one["externalReferences"]) for one in content["components"]) == lock.count("--hash=sha256:")
    table = paths[0].read_text()
    for one in bill.packages(lock):
        assert f"| {one.name} | {one.version} | " in table
    assert "| pandas | " in table and "BSD" in next(line for line in table.splitlines() if line.startswith("| pandas |"))
    assert "| not stated |" not in table


FAKE = """
import json, sys
print(json.dumps({"dependencies": json.loads(%r)}))
print("No known vulnerabilities found", file=sys.stderr)
"""
FLAW = {"id": "PYSEC-1", "fix_versions": ["2"], "aliases": ["CVE-1"]}


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        ([{"name": "a", "skip_reason": "not found"}], 3, "NOTHING WAS AUDITED"),
        ([], 3, "NOTHING WAS AUDITED"),
        ([{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "not found"}], 3, "1 of 2 packages audited, 0 known"),
        ([{"name": "a", "version": "1", "vulns": []}], 0, "1 of 1 packages audited, 0 known vulnerabilities"),
        ([{"name": "a", "version": "1", "vulns": [FLAW]}], 1, "a 1: PYSEC-1 (CVE-1); fixed in ['2']"),
    ],
)
def test_an_audit_that_looked_nothing_up_says_so(repository: Path, tmp_path: Path, answer, status, said):
    (tmp_path / "pip_audit.py").write_text(FAKE % json.dumps(answer))
    command = [sys.executable, repository / "requirements/audit.py"]
    found = subprocess.run(command, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert (found.returncode, said in found.stdout) == (status, True), found.stdout + found.stderr
