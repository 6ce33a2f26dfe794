#!/usr/bin/env sh
# papermill -p turns ids that look like numbers into numbers: a contract called 2026_06 becomes 202606, 007 becomes 7, 1e5 becomes 100000.0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check papermill==2.7.0 ipykernel==7.1.0
cat > write.py <<'PY'
import nbformat
notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
notebook.cells = [nbformat.v4.new_code_cell('contract = "sample"', metadata={"tags": ["parameters"]}), nbformat.v4.new_code_cell("print(repr(contract))")]
nbformat.write(notebook, "in.ipynb")
PY
venv/bin/python write.py
for id in 2026_06 007 1e5 infinity None; do
  venv/bin/papermill --no-progress-bar --log-level ERROR in.ipynb out.ipynb -p contract "$id" 2>/dev/null
  venv/bin/python -c 'import json; print("".join(json.load(open("out.ipynb"))["cells"][-1]["outputs"][-1]["text"]).strip())' >> seen
done
cat seen
cat > expected <<'TXT'
202606
7
100000.0
inf
None
TXT
echo "papermill 2.7.0: -p guesses types the way Python's int() and float() do, underscores, exponents and 'infinity' included; only -r keeps the text."
echo "Why it matters here: folder names of contracts and periods are texts. With -p the notebook asks for another contract than the one typed."
cmp -s seen expected
