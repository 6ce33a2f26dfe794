#!/usr/bin/env sh
# A raised footnote mark becomes a digit of its number: 12 with the note 1 is 121 in pandas.read_html, pandas.read_excel, calamine, python-docx, docx2txt and mammoth's text.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pandas==2.3.3 numpy==2.4.6 lxml==6.1.3 openpyxl==3.1.5 python-calamine==0.9.1 xlsxwriter==3.3.1 python-docx==1.2.0 docx2txt==0.9 mammoth==1.13.0
cat > run.py <<'PY'
import io
import docx
import docx2txt
import mammoth
import pandas as pd
import xlsxwriter
page = "<table><tr><th>Group</th><th>Placed</th></tr><tr><td>A</td><td>12<sup>1</sup></td></tr><tr><td>B</td><td>40</td></tr></table>"
table = pd.read_html(io.StringIO(page))[0]
print("web page:", table["Placed"].tolist(), table["Placed"].dtype, "sum", table["Placed"].sum())
book = xlsxwriter.Workbook("table.xlsx")
sheet = book.add_worksheet()
sheet.write_row(0, 0, ["Group", "Placed"])
sheet.write(1, 0, "A")
sheet.write_rich_string(1, 1, "12", book.add_format({"font_script": 1}), "1")
sheet.write_row(2, 0, ["B", 40])
book.close()
for engine in ("openpyxl", "calamine"):
    placed = pd.to_numeric(pd.read_excel("table.xlsx", engine=engine)["Placed"])
    print(f"spreadsheet, {engine}:", placed.tolist(), "sum", placed.sum())
letter = docx.Document()
cells = letter.add_table(1, 2).rows[0].cells
cells[0].text = "A"
paragraph = cells[1].paragraphs[0]
paragraph.add_run("12")
paragraph.add_run("1").font.superscript = True
letter.save("letter.docx")
print("python-docx:", docx.Document("letter.docx").tables[0].cell(0, 1).text)
print("docx2txt:", docx2txt.process("letter.docx").split())
print("mammoth, text:", mammoth.extract_raw_text("letter.docx").value.split())
print("mammoth, HTML:", "12<sup>1</sup>" in mammoth.convert_to_html("letter.docx").value)
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
web page: [121, 40] int64 sum 161
spreadsheet, openpyxl: [121, 40] sum 161
spreadsheet, calamine: [121, 40] sum 161
python-docx: 121
docx2txt: ['A', '121']
mammoth, text: ['A', '121']
mammoth, HTML: True
TXT
echo "pandas 2.3.3, openpyxl 3.1.5, python-calamine 0.9.1, python-docx 1.2.0, docx2txt 0.9, mammoth 1.13.0: raised text is joined to the number before it, and read_html makes a whole number of it."
echo "Why it matters here: published tables of benchmarks and populations, and providers' reports, mark exactly the unusual numbers with a note. 12 people are 121, and nothing is missing or a text."
echo "The product reads 121 from such a sheet, too, and warns of the cell if the file is .xlsx; other files have to be compared with the print. mammoth's HTML and openpyxl's rich_text=True keep the mark apart."
cmp -s seen expected
