#!/usr/bin/env sh
# A cell that calls sys.exit() ends a papermill run half way, with exit status 0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check papermill==2.7.0 ipykernel==7.1.0
cat > write.py <<'PY'
import nbformat
notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
notebook.cells = [nbformat.v4.new_code_cell(source) for source in ('print("first section")', "import sys\nsys.exit()", 'print("second section")')]
nbformat.write(notebook, "in.ipynb")
PY
venv/bin/python write.py
status=0
venv/bin/papermill --no-progress-bar --log-level ERROR in.ipynb out.ipynb 2>/dev/null || status=$?
{ echo "exit status $status"; venv/bin/python -c 'import json
for cell in json.load(open("out.ipynb"))["cells"]: print(cell["metadata"]["papermill"]["status"])'; } > seen
cat seen
printf 'exit status 0\ncompleted\nfailed\npending\n' > expected
echo "papermill 2.7.0: SystemExit without a status (or 0) stops the notebook, marks the cell as failed and the rest as pending, and is no error for the caller."
echo "Why it matters here: half a report would be converted and handed out. Whoever runs notebooks for pages must look at the cells, not at the exit status."
cmp -s seen expected
