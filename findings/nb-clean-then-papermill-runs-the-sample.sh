#!/usr/bin/env sh
# After nb-clean (a commit cleaner) papermill still accepts the notebook, but the parameters it was given are overwritten by the notebook's own.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check papermill==2.7.0 ipykernel==7.1.0 nb-clean==5.0.0
cat > write.py <<'PY'
import nbformat
notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
notebook.cells = [nbformat.v4.new_code_cell('contract = "sample"', metadata={"tags": ["parameters"]}), nbformat.v4.new_code_cell('print("page of", contract)')]
nbformat.write(notebook, "in.ipynb")
PY
venv/bin/python write.py
venv/bin/papermill --no-progress-bar --log-level ERROR in.ipynb before.ipynb -p contract real 2>/dev/null
venv/bin/nb-clean clean in.ipynb
venv/bin/papermill --no-progress-bar --log-level ERROR in.ipynb after.ipynb -p contract real 2>/dev/null
for run in before after; do
  venv/bin/python -c 'import json, sys; print("".join(json.load(open(sys.argv[1]))["cells"][-1]["outputs"][-1]["text"]).strip())' $run.ipynb >> seen
done
cat seen
printf 'page of real\npage of sample\n' > expected
echo "nb-clean 5.0.0 removes cell tags by default; papermill 2.7.0 then puts the parameters above everything, where the notebook's defaults win, and exits 0."
echo "Why it matters here: a page of the sample contract, made under the name of the real one. A notebook without the tag must be refused before it runs."
cmp -s seen expected
