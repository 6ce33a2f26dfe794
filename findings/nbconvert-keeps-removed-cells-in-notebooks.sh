#!/usr/bin/env sh
# nbconvert leaves tagged cells out of HTML, Markdown and scripts, but not if it writes a notebook; the option is accepted and does nothing.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check nbconvert==7.17.2 ipykernel==7.1.0
cat > write.py <<'PY'
import nbformat
notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
notebook.cells = [nbformat.v4.new_markdown_cell("For everybody"), nbformat.v4.new_markdown_cell("Between us: they are late", metadata={"tags": ["internal"]})]
nbformat.write(notebook, "in.ipynb")
PY
venv/bin/python write.py
for form in html markdown script notebook; do
  venv/bin/jupyter-nbconvert --to "$form" in.ipynb --output "out-$form" --TagRemovePreprocessor.remove_cell_tags=internal --log-level=ERROR >/dev/null 2>&1
  echo "$form: $(cat out-$form* | grep -c 'Between us' || true)"
done | tee seen
venv/bin/jupyter-nbconvert --to notebook in.ipynb --output enabled --TagRemovePreprocessor.enabled=True --TagRemovePreprocessor.remove_cell_tags=internal >/dev/null 2>&1
echo "notebook, enabled=True: $(grep -c 'Between us' enabled.ipynb || true)" | tee -a seen
cat > expected <<'TXT'
html: 0
markdown: 0
script: 0
notebook: 1
notebook, enabled=True: 0
TXT
echo "nbconvert 7.17.2, TagRemovePreprocessor.remove_cell_tags: the exporter for notebooks has the preprocessor too, but not switched on; there is no message."
echo "Why it matters here: a notebook 'without the internal cells' is handed to a provider with them. What is handed out here is the page, and what was in it is looked for in the finished file."
cmp -s seen expected
