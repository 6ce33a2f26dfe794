#!/usr/bin/env sh
# jupytext keeps the metadata of cells, but what a tool stored about the notebook itself is gone after a round trip through a script or Markdown.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check jupytext==1.19.6
cat > write.py <<'PY'
import nbformat
v4 = nbformat.v4
notebook = v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
                                     "desk": {"editions": ["internal"], "title": "Agenda"}})
notebook.cells = [v4.new_code_cell('contract = "sample"', metadata={"tags": ["parameters"], "desk": {"fold": True}})]
nbformat.write(notebook, "report.ipynb")
PY
venv/bin/python write.py
held() { venv/bin/python -c 'import json, sys
notebook = json.load(open(sys.argv[2]))
print(sys.argv[1], "| notebook:", notebook["metadata"].get("desk"), "| cell:", notebook["cells"][0]["metadata"].get("desk"), notebook["cells"][0]["metadata"].get("tags"))' "$1" "$2"; }
held "as stored" report.ipynb > seen
for form in py:percent py:light md; do
  venv/bin/jupytext --quiet --to "$form" report.ipynb -o "text.${form%%:*}"
  venv/bin/jupytext --quiet --to ipynb "text.${form%%:*}" -o back.ipynb
  held "$form" back.ipynb >> seen
done
venv/bin/jupytext --quiet --to py:percent --opt notebook_metadata_filter=desk report.ipynb -o text.py
venv/bin/jupytext --quiet --to ipynb text.py -o back.ipynb
held "py:percent, with the filter" back.ipynb >> seen
venv/bin/jupytext --quiet --to py:percent report.ipynb -o report.py
venv/bin/jupytext --quiet --update --to ipynb report.py
held "py:percent, with --update" report.ipynb >> seen
cat seen
cat > expected <<'TXT'
as stored | notebook: {'editions': ['internal'], 'title': 'Agenda'} | cell: {'fold': True} ['parameters']
py:percent | notebook: None | cell: {'fold': True} ['parameters']
py:light | notebook: None | cell: {'fold': True} ['parameters']
md | notebook: None | cell: {'fold': True} ['parameters']
py:percent, with the filter | notebook: {'editions': ['internal'], 'title': 'Agenda'} | cell: {'fold': True} ['parameters']
py:percent, with --update | notebook: {'editions': ['internal'], 'title': 'Agenda'} | cell: {'fold': True} ['parameters']
TXT
echo "jupytext 1.19.6: only kernelspec and its own entry of the notebook's metadata are written by default (all of a cell's are); notebook_metadata_filter adds others by name."
echo "Why it matters here: title, editions and parameters of a page stand in the notebook's metadata (\"acm\"). An analyst who edits it as a script gets a notebook back"
echo "that runs and that declares no page. Use --opt notebook_metadata_filter=acm, or --update."
cmp -s seen expected
