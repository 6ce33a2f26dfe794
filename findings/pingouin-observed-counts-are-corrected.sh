#!/usr/bin/env sh
# pingouin's table of what was observed has half people: 6 of 12 come back as 5.5, moved by the correction of its test, which it makes in every two by two table.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pingouin==0.6.1 pandas==2.3.3 numpy==2.0.2 scipy==1.17.1
cat > run.py <<'PY'
import warnings
warnings.filterwarnings("ignore")
import pandas as pd
import pingouin
people = pd.DataFrame({"group": ["A"] * 12 + ["B"] * 8, "placed": ["no", "yes"] * 6 + ["no"] * 6 + ["yes"] * 2})
print("counted:   ", pd.crosstab(people["group"], people["placed"]).to_dict("index"))
for correction in (True, False):
    expected, observed, tests = pingouin.chi2_independence(people, x="group", y="placed", correction=correction)
    print(f"observed, correction={correction}:", observed.to_dict("index"))
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
counted:    {'A': {'no': 6, 'yes': 6}, 'B': {'no': 6, 'yes': 2}}
observed, correction=True: {'A': {'no': 6.5, 'yes': 5.5}, 'B': {'no': 5.5, 'yes': 2.5}}
observed, correction=False: {'A': {'no': 6, 'yes': 6}, 'B': {'no': 6, 'yes': 2}}
TXT
echo "pingouin 0.6.1, chi2_independence(): the second table is named observed, but has the counts after Yates' correction (the default for two groups and two results)."
echo "Why it matters here: one call gives counts, expected counts and the test, and the counts are printed beside the p-value. Shares made from them are wrong, too: 46% placed for 50%."
echo "Counts are taken from the data."
cmp -s seen expected
