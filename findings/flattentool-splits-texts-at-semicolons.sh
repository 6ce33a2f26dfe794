#!/usr/bin/env sh
# flatten-tool puts lists of texts into one cell with semicolons and does not mark those inside a text: two submission methods come back as three; a day of a spreadsheet comes back as midnight in UTC.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check flattentool==0.28.0 openpyxl==3.1.5
cat > run.py <<'PY'
import datetime as dt
import json
import subprocess
import openpyxl
text, array = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
tender = {"id": text, "submissionMethod": array, "tenderPeriod": {"type": "object", "properties": {"endDate": {"type": "string", "format": "date-time"}}}}
json.dump({"type": "object", "properties": {"ocid": text, "id": text, "tender": {"type": "object", "properties": tender}}}, open("schema.json", "w"))
release = {"ocid": "ocds-1", "id": "1", "tender": {"id": "1", "submissionMethod": ["written; in person", "electronicSubmission"]}}
json.dump({"releases": [release]}, open("in.json", "w"))
how = ["--schema", "schema.json", "--root-list-path", "releases", "--root-id", "ocid"]
def tool(*given):
    subprocess.run(["venv/bin/flatten-tool", *given, *how], check=True, capture_output=True)
tool("flatten", "in.json", "--main-sheet-name", "releases", "-f", "xlsx", "-o", "flat.xlsx")
tool("unflatten", "flat.xlsx", "-f", "xlsx", "-o", "back.json")
print(release["tender"]["submissionMethod"], "->", json.load(open("back.json"))["releases"][0]["tender"]["submissionMethod"])
book = openpyxl.Workbook()
book.active.title = "releases"
book.active.append(["ocid", "id", "tender/id", "tender/tenderPeriod/endDate"])
book.active.append(["ocds-1", "1", "1", dt.date(2026, 6, 30)])
book.save("day.xlsx")
tool("unflatten", "day.xlsx", "-f", "xlsx", "-o", "day.json")
print("June 30, 2026 ->", json.load(open("day.json"))["releases"][0]["tender"]["tenderPeriod"]["endDate"])
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
['written; in person', 'electronicSubmission'] -> ['written', ' in person', 'electronicSubmission']
June 30, 2026 -> 2026-06-30T00:00:00+00:00
TXT
echo "flattentool 0.28.0, flatten and unflatten with a schema: the sign between values is not escaped; cells with a day get the time 0:00 and the zone of --timezone-name, UTC unless told."
echo "Why it matters here: contracts that allow three ways to submit are counted where there are two, and a tender that closes on June 30 closes on the 29th by the clock of New York."
echo "The presets here read the day as it is written, and OCDS from JSON where there is JSON."
cmp -s seen expected
