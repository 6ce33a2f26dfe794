#!/usr/bin/env sh
# papermill --prepare-only writes the new period into the notebook and leaves the results of the old one below it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check papermill==2.7.0 ipykernel==7.4.0
cat > write.py <<'PY'
import nbformat
v4 = nbformat.v4
may = v4.new_code_cell('print("placed in", period)', execution_count=2, outputs=[v4.new_output("stream", name="stdout", text="placed in 2026-05\n")])
notebook = v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
notebook.cells = [v4.new_code_cell('period = "2026-05"', metadata={"tags": ["parameters"]}), may]
nbformat.write(notebook, "may.ipynb")
PY
venv/bin/python write.py
for option in --prepare-only --execute; do
  [ "$option" = --execute ] && chosen= || chosen=$option
  venv/bin/papermill $chosen --no-progress-bar --log-level ERROR may.ipynb june.ipynb -p period 2026-06 2>/dev/null
  venv/bin/python - "$option" <<'PY'
import json, sys
cells = json.load(open("june.ipynb"))["cells"]
print(sys.argv[1], [("".join(cell["source"]).splitlines()[-1], *("".join(one["text"]).strip() for one in cell["outputs"])) for cell in cells])
PY
done | tee seen
cat > expected <<'TXT'
--prepare-only [('period = "2026-05"',), ('period = "2026-06"',), ('print("placed in", period)', 'placed in 2026-05')]
--execute [('period = "2026-05"',), ('period = "2026-06"',), ('print("placed in", period)', 'placed in 2026-06')]
TXT
echo "papermill 2.7.0: outputs are cleared when a notebook is run, but not when it is only prepared; nothing in the file says that it was not run."
echo "Why it matters here: notebooks are prepared for an analyst who adds comments before running them, or for another program to run. Whoever prints or mails such a file hands out"
echo "May's figures under June's parameters. Notebooks are stored without outputs, or prepared from a stripped copy."
cmp -s seen expected
