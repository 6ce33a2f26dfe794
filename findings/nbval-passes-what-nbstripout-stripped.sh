#!/usr/bin/env sh
# After nbstripout, nbval passes a notebook whose stored result was wrong: without outputs there is nothing to compare, and nothing says so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check nbval==0.11.0 nbstripout==0.9.1 ipykernel==7.1.0 pytest==8.4.2
cat > write.py <<'PY'
import nbformat
v4 = nbformat.v4
notebook = v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
stored = [v4.new_output("stream", name="stdout", text="placed: 41%\n")]
notebook.cells = [v4.new_code_cell('print("placed: 12%")', execution_count=1, outputs=stored)]
nbformat.write(notebook, "report.ipynb")
PY
venv/bin/python write.py
tested() { venv/bin/python -m pytest -q -p no:cacheprovider --nbval report.ipynb 2>/dev/null | tail -1 | sed 's/ in .*//'; }
tested > seen
venv/bin/nbstripout report.ipynb
tested >> seen
cat seen
printf '1 failed\n1 passed\n' > expected
echo "nbval 0.11.0 with nbstripout 0.9.1: --nbval compares with the outputs that are stored; a cell without any is run, and passes unless it raises."
echo "Why it matters here: notebooks are stored without outputs so that no figure gets into git. Then a green nbval says 'it runs', and nothing about numbers."
echo "What a page says is compared with the data by tests of its own (tests/claims)."
cmp -s seen expected
