#!/usr/bin/env sh
# Cells that papermill hides in its report mode are shown in full by nbconvert.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check papermill==2.7.0 nbconvert==7.17.2 ipykernel==7.4.0
cat > run.py <<'PY'
import nbformat
import nbconvert
import papermill
cells = [nbformat.v4.new_code_cell("contract = ''", metadata={"tags": ["parameters"]}), nbformat.v4.new_code_cell("share = 12 / 29\nprint(f'placed: {share:.0%}')")]
kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), "report.ipynb")
done = papermill.execute_notebook("report.ipynb", None, parameters={"contract": "harbor"}, report_mode=True, progress_bar=False)
print("hidden in JupyterLab:", [cell.metadata.get("jupyter", {}).get("source_hidden") for cell in done.cells])
page, _ = nbconvert.HTMLExporter().from_notebook_node(done)
print("on the page: the figure", "placed: 41%" in page, " the code", "29" in page, " the parameters", "harbor" in page)
PY
venv/bin/python -W ignore run.py | tee seen
cat > expected <<'TXT'
hidden in JupyterLab: [True, True, True]
on the page: the figure True  the code True  the parameters True
TXT
echo "papermill 2.7.0 writes jupyter.source_hidden, which JupyterLab folds; nbconvert 7.17.2 knows only its own options and tags (--no-input, TagRemovePreprocessor)."
echo "Why it matters here: the two commands of this collection's first recipe. With --report-mode the analyst sees a report; the HTML that she hands to clients has the code and its paths."
echo "Our pages are made of the parts that a notebook returns, and code on a page is refused by the door."
cmp -s seen expected
