#!/usr/bin/env sh
# frictionless takes a column for numbers if nine cells of ten are one; what it extracts, converts or hands to pandas then has nothing in the tenth.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check frictionless[pandas]==5.21.0
cat > run.py <<'PY'
import csv
from frictionless import Detector, Resource
people = [(100 + number, number, f"021{number:02}") for number in range(1, 20)] + [("A-7", "under 5", "10453")]
with open("sent.csv", "w", newline="") as file:
    csv.writer(file).writerows([("person", "visits", "zip"), *people])
print("valid:", Resource("sent.csv").validate().valid)
print("in pandas: last two", Resource("sent.csv").to_pandas().tail(2).astype(str).values.tolist())
Resource("sent.csv").write("converted.csv")
print("converted: last two", open("converted.csv").read().split()[-2:])
sure = Resource("sent.csv", detector=Detector(field_confidence=1)).read_rows()
print("field_confidence=1: last two", [row.to_list() for row in sure[-2:]])
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
valid: False
in pandas: last two [['119', '19', '2119'], [nan, nan, '10453']]
converted: last two ['119,19,2119', ',,10453']
field_confidence=1: last two [['119', '19', 2119], ['A-7', 'under 5', 10453]]
TXT
echo "frictionless 5.21.0: without a schema a type is guessed that fits 90% of the first cells (field_confidence=0.9). validate() reports the rest as errors; extract, convert and to_pandas give nothing for those cells."
echo "Why it matters here: HSDS and other open data packages are read with frictionless. Ids of a second site, 'under 5' (hidden by the sender) and remarks are gone from the copy that the figures are made from,"
echo "and a hidden count cannot be told from none. field_confidence=1, or a schema, keeps them."
cmp -s seen expected
