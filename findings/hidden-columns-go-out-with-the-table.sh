#!/usr/bin/env sh
# A column that was hidden in a pandas Styler is in the workbook it writes, and one hidden in itables is in the page.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pandas==3.1.1 jinja2==3.1.6 openpyxl==3.1.5 itables==2.9.1
cat > run.py <<'PY'
import pandas as pd
from itables import to_html_datatable
rows = pd.DataFrame({"client": ["Zoraida Example"], "placed": [1]})
styled = rows.style.hide(["client"], axis="columns")
styled.to_excel("styled.xlsx", engine="openpyxl")
print("Styler.hide, to_html: ", "Zoraida" in styled.to_html())
print("Styler.hide, to_excel:", pd.read_excel("styled.xlsx", index_col=0).iloc[0].to_dict())
print("itables, visible=False:", "Zoraida" in to_html_datatable(rows, columnDefs=[{"visible": False, "targets": [1]}], connected=True))
PY
venv/bin/python -W ignore run.py | tee seen
cat > expected <<'TXT'
Styler.hide, to_html:  False
Styler.hide, to_excel: {'client': 'Zoraida Example', 'placed': 1}
itables, visible=False: True
TXT
echo "pandas 3.1.1 leaves hidden columns out of HTML, LaTeX and text, but not of Excel; itables 2.9.1 hides in the browser what the page holds."
echo "Why it matters here: the same styled table is shown in the notebook, checked there, and sent as a workbook. Names that nobody saw go out with it."
echo "Tables of pages are made of the columns that are shown, and the door reads the finished page for names."
cmp -s seen expected
