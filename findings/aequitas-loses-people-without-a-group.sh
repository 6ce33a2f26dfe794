#!/usr/bin/env sh
# aequitas leaves people without a group out of every row, says nothing, and prints the number of all people beside the groups.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check aequitas==1.1.0
cat > run.py <<'PY'
import contextlib, io, logging, warnings
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
import pandas as pd
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    from aequitas.group import Group
people = pd.DataFrame({"score": [1] * 5 + [0] * 5 + [1] * 5 + [0] * 5 + [1] * 10, "label_value": 1, "race": ["A"] * 10 + ["B"] * 10 + [None] * 10})
def rows(frame):
    table, _ = Group().get_crosstabs(frame, attr_cols=["race"])
    return table[["attribute_value", "group_size", "total_entities", "ppr"]].round(2).values.tolist()
print("empty:", rows(people))
print("named:", rows(people.fillna({"race": "not recorded"})))
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
empty: [['A', 10, 30, 0.25], ['B', 10, 30, 0.25]]
named: [['A', 10, 30, 0.25], ['B', 10, 30, 0.25], ['not recorded', 10, 30, 0.5]]
TXT
echo "aequitas 1.1.0, Group().get_crosstabs: total_entities and the share of the positives (ppr) are of everybody, the rows are not: here a third of the people and half of the positives are in none."
echo "Why it matters here: race is often not recorded, and seldom at random; two groups look equal while those who got most are not on the table. 'Not recorded' is a row of its own on our pages."
cmp -s seen expected
