#!/usr/bin/env sh
# 36 hours in a spreadsheet are noon of January 1, 1900, a duration, a text or an error: it depends on the cell's format, the file's and the reader.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check python-calamine==0.9.1 openpyxl==3.1.5 odfpy==1.4.1 pandas==2.3.3
cat > run.py <<'PY'
import openpyxl
import pandas as pd
import python_calamine
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

book = openpyxl.Workbook()
for days, form in ((0.5, "h:mm"), (1, "h:mm"), (1.5, "h:mm"), (1.5, "[h]:mm")):  # 12, 24, 36 and 36 hours: Excel stores days
    book.active.append([days])
    book.active.cell(book.active.max_row, 1).number_format = form
book.save("hours.xlsx")
sheet = Table(name="hours")
for hours in (12, 36):
    row = TableRow()
    cell = TableCell(valuetype="time", timevalue=f"PT{hours}H00M00S")  # as LibreOffice stores them: a value and the text that is shown
    cell.addElement(P(text=f"{hours}:00"))
    row.addElement(cell)
    sheet.addElement(row)
document = OpenDocumentSpreadsheet()
document.spreadsheet.addElement(sheet)
document.save("hours.ods")

def calamine(name):
    return [row[0] for row in python_calamine.load_workbook(name).get_sheet_by_index(0).to_python()]
for way, cells in (("openpyxl .xlsx", [row[0] for row in openpyxl.load_workbook("hours.xlsx").active.iter_rows(values_only=True)]),
                   ("calamine .xlsx", calamine("hours.xlsx")), ("calamine .ods", calamine("hours.ods"))):
    print(way, *(f"{type(cell).__name__} {cell}" for cell in cells), sep=" | ")
try:
    print("pandas with odfpy .ods", pd.read_excel("hours.ods", header=None, engine="odf")[0].tolist())
except ValueError as error:
    print("pandas with odfpy .ods |", error)
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
openpyxl .xlsx | time 12:00:00 | datetime 1900-01-01 00:00:00 | datetime 1900-01-01 12:00:00 | timedelta 1 day, 12:00:00
calamine .xlsx | time 12:00:00 | date 1900-01-01 | datetime 1900-01-01 12:00:00 | timedelta 1 day, 12:00:00
calamine .ods | time 12:00:00 | str PT36H00M00S
pandas with odfpy .ods | hour must be in 0..23: 36:00
TXT
echo "openpyxl 3.1.5, python-calamine 0.9.1, odfpy 1.4.1 with pandas 2.3.3: only the format [h]:mm, which counts past 24, makes a duration of a cell; up to 23:59 hours are a time of day."
echo "Why it matters here: in a column of hours attended, the busiest people are the ones whose cells become dates. Ask for hours as decimal numbers (7.5)."
cmp -s seen expected
