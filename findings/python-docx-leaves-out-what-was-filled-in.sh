#!/usr/bin/env sh
# python-docx leaves out what was typed into the fields of a form and what was inserted with changes tracked, and gives merged cells twice; mammoth and docx2txt have it all once.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check python-docx==1.2.0 mammoth==1.13.0 docx2txt==0.9
cat > run.py <<'PY'
import docx
import docx2txt
import mammoth
from docx.oxml import parse_xml
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
who = 'w:author="Reviewer" w:date="2026-06-01T00:00:00Z"'
report = docx.Document()
said = report.add_paragraph("We placed ")
said._p.append(parse_xml(f'<w:del {W} w:id="1" {who}><w:r><w:delText>12</w:delText></w:r></w:del>'))
said._p.append(parse_xml(f'<w:ins {W} w:id="2" {who}><w:r><w:t>14</w:t></w:r></w:ins>'))
said.add_run(" people.")
field = report.add_paragraph("Provider: ")
field._p.append(parse_xml(f'<w:sdt {W}><w:sdtPr><w:text/></w:sdtPr><w:sdtContent><w:r><w:t>Harbor Works</w:t></w:r></w:sdtContent></w:sdt>'))
table = report.add_table(2, 2)
for cell, text in zip(table._cells, ("40", "", "North 25", "South 15")):
    cell.text = text
table.cell(0, 0).merge(table.cell(0, 1))
report.save("report.docx")
read = docx.Document("report.docx")
print("python-docx", [one.text for one in read.paragraphs], [[cell.text for cell in row.cells] for row in read.tables[0].rows])
with open("report.docx", "rb") as file:
    print("mammoth    ", [line for line in mammoth.extract_raw_text(file).value.split("\n") if line])
print("docx2txt   ", [line for line in docx2txt.process("report.docx").split("\n") if line])
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
python-docx ['We placed  people.', 'Provider: '] [['40\n', '40\n'], ['North 25', 'South 15']]
mammoth     ['We placed 14 people.', 'Provider: Harbor Works', '40', 'North 25', 'South 15']
docx2txt    ['We placed 14 people.', 'Provider: Harbor Works', '40', 'North 25', 'South 15']
TXT
echo "python-docx 1.2.0: Paragraph.text has only text that stands directly in the paragraph, not that in content controls (the fields of a form) or tracked insertions; row.cells has a merged cell once for each column."
echo "Why it matters here: quarterly reports are Word forms with fields, and replies come back with changes tracked. What the provider wrote is missing from the text, the old number is too, and"
echo "a sentence without its number stays; totals in merged cells count double. Such files are read with mammoth or docx2txt, or as PDF."
cmp -s seen expected
