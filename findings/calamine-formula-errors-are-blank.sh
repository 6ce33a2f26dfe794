#!/usr/bin/env sh
# python-calamine gives an empty text for a cell whose formula failed (#N/A, #REF!): it cannot be told from a cell that nobody filled in.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check python-calamine==0.9.1 openpyxl==3.1.5
cat > run.py <<'PY'
import openpyxl
import python_calamine
book = openpyxl.Workbook()
sheet = book.active
sheet.append(["id", "placed_on"])
for id_, placed in (("1", "2026-05-04"), ("2", "#N/A"), ("3", None)):  # 2: a VLOOKUP that found nothing; 3: not placed
    sheet.append([id_, placed])
sheet["B3"].data_type = "e"
book.save("people.xlsx")
print("openpyxl", [row[1] for row in openpyxl.load_workbook("people.xlsx", data_only=True).active.iter_rows(min_row=2, values_only=True)])
print("calamine", [row[1] for row in python_calamine.load_workbook("people.xlsx").get_sheet_by_index(0).to_python()[1:]])
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
openpyxl ['2026-05-04', '#N/A', None]
calamine ['2026-05-04', '', '']
TXT
echo "python-calamine 0.9.1, to_python(): the error is in the file and is not in what is read, with no option to ask for it."
echo "Why it matters here: a broken lookup in an .xls, .xlsb or .ods file makes a placed person 'not placed', and no check can see it. Excel files (.xlsx) are"
echo "read with openpyxl, and their failed formulas are a finding with the row."
cmp -s seen expected
