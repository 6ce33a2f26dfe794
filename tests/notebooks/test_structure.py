"""Notebooks are what analysts open and change: short, plain, without results stored in them."""

import ast
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted(path for path in (Path(__file__).parents[2] / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
SELECTORS = {"contract", "period", "edition", "language", "topic"}
CODE_CELLS, CELL_LINES = 20, 12

pytestmark = pytest.mark.skipif(not NOTEBOOKS, reason="there are no notebooks yet")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code(notebook) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tagged(notebook, tag: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in code(notebook) if tag in cell.metadata.get("tags", [])]


def test_a_notebook_is_short_and_so_are_its_cells(notebook):
    assert len(code(notebook)) <= CODE_CELLS
    assert max((len(cell.source.splitlines()) for cell in code(notebook)), default=0) <= CELL_LINES


def test_a_notebook_composes_and_defines_nothing(notebook):
    refused = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Try | ast.Lambda
    for cell in code(notebook):
        assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, refused)], cell.source


def test_a_notebook_is_stored_without_results(notebook):
    assert not [cell for cell in code(notebook) if cell.outputs or cell.execution_count]
    assert "papermill" not in notebook.metadata
    assert "version" not in notebook.metadata.get("language_info", {})


def test_parameters_are_selectors_with_plain_defaults_that_run_a_sample(notebook):
    cells = tagged(notebook, "parameters")
    if not cells and "training" in notebook.metadata.get("tags", []):
        return  # it need not be a report
    assert len(cells) == 1
    assigned = {
        node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(cells[0].source).body if isinstance(node, ast.Assign)
    }
    assert all(value is None or isinstance(value, str) for value in assigned.values())
    if notebook.metadata.get("acm", {}).get("per") == "program":
        assert set(assigned) == {"program", "edition", "language"}
        return  # it runs on whatever pages there are, also on none
    if notebook.metadata.get("acm", {}).get("per") == "register":
        assert set(assigned) == {"register", "answers", "settings", "on", "language"}
        assert all((Path(__file__).parents[2] / assigned[name]).is_file() for name in ("register", "answers", "settings"))
        return
    assert {"contract", "period", "edition", "language"} <= set(assigned) <= SELECTORS
    assert (Path(__file__).parents[2] / "params" / assigned["contract"] / "contract.yml").is_file()


def test_a_notebook_says_what_it_is_for_and_ends_with_how_to_read_it(notebook):
    assert notebook.cells[0].cell_type == "markdown" and notebook.cells[0].source.startswith("# ")
    ending = " ".join(cell.source for cell in notebook.cells[-3:]).lower().replace("_", " ")
    assert "how to read" in ending


def test_a_notebook_uses_the_kernel_that_every_installation_has(notebook):
    assert notebook.metadata["kernelspec"]["name"] == "python3"
