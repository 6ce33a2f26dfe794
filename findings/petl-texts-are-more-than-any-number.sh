#!/usr/bin/env sh
# petl takes any text for more than any number: a group with the withheld count '<11' or an empty cell passes the filter 'at least 11'.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check petl==1.7.30
cat > run.py <<'PY'
import petl
table = [["group", "n"], ["A", "40"], ["B", "7"], ["C", "<11"], ["D", ""], ["E", None]]
numbers = petl.convertnumbers(table, strict=False)
print("read:            ", [row["n"] for row in petl.dicts(numbers)])
print("at least 11:     ", list(petl.values(petl.selectge(numbers, "n", 11), "group")))
print("between 11, 9999:", list(petl.values(petl.selectrangeopen(numbers, "n", 11, 9999), "group")))
print("below 11:        ", list(petl.values(petl.selectlt(numbers, "n", 11), "group")))
print("largest first:   ", list(petl.values(petl.sort(numbers, "n", reverse=True), "group")))
print("not converted:   ", list(petl.values(petl.selectge(table, "n", 11), "group")))
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
read:             [40, 7, '<11', '', None]
at least 11:      ['A', 'C', 'D']
between 11, 9999: ['A']
below 11:         ['B', 'E']
largest first:    ['C', 'D', 'A', 'B', 'E']
not converted:    ['A', 'B', 'C', 'D']
TXT
echo "petl 1.7.30: selectge() and sort() never raise an error on mixed values; texts come after all numbers, and None before them."
echo "Why it matters here: the rule 'show groups of at least 11' shows exactly those whose count was withheld, and a ranking puts them first. Without convertnumbers() every group passes, also the 7."
echo "A withheld cell has a status of its own here and no number, and is never compared with one."
cmp -s seen expected
