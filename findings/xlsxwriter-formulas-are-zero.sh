#!/usr/bin/env sh
# A formula that XlsxWriter wrote is 0 for every program but a spreadsheet: pandas, calamine and polars read a share of 0, not an empty cell.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check xlsxwriter==3.3.1 openpyxl==3.1.5 python-calamine==0.9.1 pandas==3.1.1
cat > run.py <<'PY'
import openpyxl
import pandas as pd
import xlsxwriter
months = [("2026-04", 12, 30), ("2026-05", 14, 28)]
book = xlsxwriter.Workbook("xlsxwriter.xlsx")
sheet = book.add_worksheet()
sheet.write_row(0, 0, ["month", "placed", "of", "share"])
for row, month in enumerate(months, start=1):
    sheet.write_row(row, 0, month)
    sheet.write_formula(row, 3, f"=B{row + 1}/C{row + 1}")
book.close()
book = openpyxl.Workbook()
book.active.append(["month", "placed", "of", "share"])
for row, month in enumerate(months, start=2):
    book.active.append([*month, f"=B{row}/C{row}"])
book.save("openpyxl.xlsx")
for name in ("xlsxwriter", "openpyxl"):
    for engine in ("openpyxl", "calamine"):
        print(f"written by {name}, read by {engine}:", pd.read_excel(f"{name}.xlsx", engine=engine)["share"].tolist())
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
written by xlsxwriter, read by openpyxl: [0, 0]
written by xlsxwriter, read by calamine: [0, 0]
written by openpyxl, read by openpyxl: [nan, nan]
written by openpyxl, read by calamine: [nan, nan]
TXT
echo "XlsxWriter 3.3.1, write_formula(): the result is stored as the number 0 unless the caller gives one; openpyxl 3.1.5 stores none. Excel works both out when it opens the file, so that nobody sees it there."
echo "Why it matters here: a provider's monthly workbook is made by a program and goes to the agency unopened. Every rate in it is 0%, a number like any other, where a missing one would have been noticed."
echo "Such a file is opened in Excel and saved before it is read; a column of formulas that are all 0 is a reason to ask."
cmp -s seen expected
