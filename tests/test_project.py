"""The project keeps its own house rules: what is pinned, what is promised twice, what may stand in no file."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

#: A module is read in one sitting (about 300 lines; half of some are docstrings with their examples), a function in one screen.
MODULE_LINES, FUNCTION_LINES = 400, 60


@pytest.fixture(scope="module")
def project(repository: Path) -> dict:
    return tomllib.loads((repository / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def tracked(repository: Path) -> list[Path]:
    """Files that a commit of the working folder would hold."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=repository, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("this is no git checkout: nothing is tracked")
    return [path for name in listed.stdout.splitlines() if (path := repository / name).is_file()]


def split(requirement: str) -> tuple[str, str]:
    name, bounds = re.fullmatch(r"([A-Za-z0-9._-]+)(.*)", requirement.replace(" ", "")).groups()
    return name.lower(), bounds


_BASE = ("build", "pdf")
LOCKS = {
    "pages": _BASE,
    "lab": (*_BASE, "lab"),
    "all": (*_BASE, "lab", "test", "dev", "distributed", "storage", "formats", "databases", "calendars"),
}


def pins(lock: str) -> set[str]:
    """Return what a lock pins, each with its version and marker, without hashes."""
    return {line.rstrip(" \\") for line in lock.splitlines() if re.match(r"[A-Za-z0-9._-]+==", line)}


def test_conda_installs_the_tested_versions(repository: Path):
    given = yaml.safe_load((repository / "environment.yml").read_text())["dependencies"]
    (by_pip,) = (one["pip"] for one in given if isinstance(one, dict))
    assert set(by_pip) - {"--editable ."} == pins((repository / "requirements/lab.lock").read_text()), "run make lock"
    assert "--editable ." in by_pip and "pip" in given


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_every_requirement_with_hashes_and_names_no_index(repository: Path, project: dict, name: str):
    lock = (repository / "requirements" / f"{name}.lock").read_text()
    pinned = {split(found)[0] for found in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)}
    extras = project["optional-dependencies"]
    for requirement in [*project["dependencies"], *(one for extra in LOCKS[name] for one in extras[extra])]:
        assert split(re.sub(r"\[\w+\]", "", requirement))[0].replace("_", "-") in pinned, f"{requirement}: run make lock"
    for block in re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", lock, flags=re.MULTILINE)):
        assert not block.strip() or "--hash=sha256:" in block, block
    assert not re.search(r"https?:|--index|--extra-|--find-links|file:", lock)


def test_pages_and_lab_get_the_versions_that_are_tested(repository: Path, project: dict):
    pages, lab, everything = (pins((repository / f"requirements/{name}.lock").read_text()) for name in LOCKS)
    versions = {pin.split(" ;")[0] for pin in everything}
    assert {pin.split(" ;")[0] for pin in pages} < {pin.split(" ;")[0] for pin in lab} < versions
    tools = {"pytest", "moto", "playwright", "hypothesis", "statsmodels", "mypy", "distributed", "s3fs"}
    assert not {pin.split("==")[0] for pin in lab} & tools
    assert set(LOCKS["all"]) == set(project["optional-dependencies"])


def test_no_file_names_a_package_index_or_a_place_on_somebodys_machine(tracked: list[Path]):
    # In pieces, so that this file does not find itself.
    index = re.compile("|".join(["pypi" + r"\.org", "python" + "hosted", "/sim" + "ple/", "--" + "extra-index", "--" + "trusted-host"]))
    place = re.compile(r"(?<![\w.*\\/])/(?:work|root|opt)/\w|(?<![\w.*\\/])/home/(?!ana)\w")
    found = []
    for path in tracked:
        if path.suffix in {".gz", ".parquet", ".xlsx", ".xls", ".ods", ".png", ".pdf", ".csv", ".svg"} or path.suffix == ".lock":
            continue
        text = path.read_text(encoding="utf-8")
        found += [f"{path.name}:{number}: {line.strip()[:100]}" for number, line in enumerate(text.splitlines(), 1) if index.search(line)]
        found += [f"{path.name}:{number}: {line.strip()[:100]}" for number, line in enumerate(text.splitlines(), 1) if place.search(line)]
    assert not found, "\n".join(found)


def test_the_version_is_said_once(repository: Path, project: dict):
    import acmlib

    assert acmlib.__version__ == project["version"]
    assert f"## {project['version']}" in (repository / "CHANGELOG.md").read_text()


def library(repository: Path) -> list[Path]:
    return sorted((repository / "acmlib").rglob("*.py"))


def test_a_module_is_read_in_one_sitting_and_a_function_in_one_screen(repository: Path):
    long = []
    for path in library(repository):
        text = path.read_text(encoding="utf-8")
        where = path.relative_to(repository)
        if text.count("\n") > MODULE_LINES:
            long.append(f"{where}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                docstring = ast.get_docstring(node, clean=False) or ""
                lines = node.end_lineno - node.lineno + 1 - docstring.count("\n")
                if lines > FUNCTION_LINES:
                    long.append(f"{where}: {node.name} has {lines} lines without its docstring")
    assert not long, "\n".join(long)


def test_nothing_is_caught_wholesale(repository: Path):
    broad = [
        f"{path.relative_to(repository)}:{node.lineno}"
        for path in library(repository)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or getattr(node.type, "id", "") == "Exception")
    ]
    assert not broad, broad


def test_every_package_of_the_library_has_tests(repository: Path):
    packages = {path.parent.name for path in (repository / "acmlib").glob("*/__init__.py")}
    tested = {path.name for path in (repository / "tests").iterdir() if path.is_dir() and any(path.rglob("test_*.py"))}
    assert packages <= tested, packages - tested


def test_the_commands_of_the_readme_exist(repository: Path):
    readme, makefile = (repository / "README.md").read_text(), (repository / "Makefile").read_text()
    for target in set(re.findall(r"(?:^|`)make (\w+)", readme, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"README.md speaks of make {target}"
    for command in ("make reports", "make test"):
        assert command in readme and command in (repository / ".ci" / "run").read_text()


def test_what_the_readme_points_to_is_there(repository: Path):
    for document in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", (repository / document).read_text()):
            assert (repository / target).exists(), f"{document} points to {target}"
