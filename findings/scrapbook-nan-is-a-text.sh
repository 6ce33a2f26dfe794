#!/usr/bin/env sh
# A rate that is not known comes back from a notebook as the text 'nan' in scrapbook and testbook: it is not missing any more, and a group coded 1 is '1'.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check scrapbook==0.5.0 testbook==0.4.2 papermill==2.7.0 ipykernel==7.4.0 pandas==3.1.1 numpy==2.4.6 pyarrow==26.0.1 six==1.17.0
cat > run.py <<'PY'
import logging
import warnings
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
import nbformat
import pandas as pd
import papermill
import scrapbook
from testbook import testbook
cell = "import scrapbook\nrates = {1: 0.42, 2: float('nan')}\nscrapbook.glue('rates', rates)\nscrapbook.glue('rate', rates[2])"
book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell, id="rates")])
book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
nbformat.write(book, "report.ipynb")
papermill.execute_notebook("report.ipynb", "run.ipynb", progress_bar=False)
scraps = scrapbook.read_notebook("run.ipynb").scraps
rates = scraps["rates"].data
print("scrapbook:", repr(scraps["rate"].data), rates)
print("missing:", pd.isna(scraps["rate"].data), "| group 2 found:", rates.get(2), "| not missing in a table:", int(pd.Series(rates).notna().sum()), "of 2")
with testbook("report.ipynb", execute=True, timeout=600) as notebook:
    print("testbook:", repr(notebook.ref("rates")))
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
scrapbook: 'nan' {'1': 0.42, '2': 'nan'}
missing: False | group 2 found: None | not missing in a table: 2 of 2
testbook: {'1': 0.42, '2': 'nan'}
TXT
echo "scrapbook 0.5.0, testbook 0.4.2: values travel as JSON, and the kernel writes a number that JSON does not have as a text. Numbers as keys become texts, too."
echo "Why it matters here: results of many contracts are gathered from executed notebooks this way. A hidden or unknown rate counts as known (dropna() keeps it), and is printed as nan; a group is not found by its code."
echo "The product gathers results from its release files, where such a cell has a status, and not from notebooks."
cmp -s seen expected
