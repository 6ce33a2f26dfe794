#!/usr/bin/env sh
# tableone 0.9 counts people without an answer as one more answer: 50% placed becomes 33%, and p 0.61 becomes 0.11, in the same call on the same data.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pandas==2.3.3 numpy==2.0.2 scipy==1.15.3 statsmodels==0.15.0 openpyxl==3.1.5 tabulate==0.10.0
cat > run.py <<'PY'
import warnings
warnings.filterwarnings("ignore")
import pandas as pd
import tableone
people = pd.DataFrame({"group": ["A"] * 12 + ["B"] * 8, "placed": ["yes"] * 4 + ["no"] * 4 + [None] * 4 + ["yes"] * 6 + ["no"] * 2})
table = tableone.TableOne(people, columns=["placed"], categorical=["placed"], groupby="group", pval=True).tableone
table.columns = table.columns.get_level_values(-1)
for (_, answer), row in table.iterrows():
    if row["A"]:
        print("  ", answer or "everybody", "| A", row["A"], "| B", row["B"], "| p", row["P-Value"])
PY
for version in 0.8.0 0.9.6; do
  venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps tableone==$version
  echo "tableone $version"
  venv/bin/python run.py 2>/dev/null
done | tee seen
cat > expected <<'TXT'
tableone 0.8.0
   everybody | A 12 | B 8 | p 
   no | A 4 (50.0) | B 2 (25.0) | p 0.608
   yes | A 4 (50.0) | B 6 (75.0) | p 
tableone 0.9.6
   everybody | A 12 | B 8 | p 
   None | A 4 (33.3) | B 0 (0.0) | p 0.108
   no | A 4 (33.3) | B 2 (25.0) | p 
   yes | A 4 (33.3) | B 6 (75.0) | p 
TXT
echo "tableone 0.8.0 and 0.9.6: include_null is new and on. People whose result is not known are in the denominator and a category of the test."
echo "Why it matters here: 'table 1' opens many reports on equity. The gap between A and B grows from 25 to 42 points because A's results came in late, and the test is now on who was followed up."
echo "Whether people whose result is not known are in a denominator has to be said beside the share."
cmp -s seen expected
