#!/usr/bin/env sh
# anonypy's table of a k = 5 anonymization shows counts of 2 and 3: k is kept for the group, and its counts are then told by outcome.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check anonypy==0.2.1 pandas==2.3.3
cat > run.py <<'PY'
import warnings
warnings.filterwarnings("ignore")
import anonypy
import pandas as pd
people = pd.DataFrame({"race": ["A"] * 10 + ["B"] * 3 + ["C"] + ["A"] * 6, "age": range(20, 40), "placed": ["yes", "no"] * 10})
people = people.astype({"race": "category", "placed": "category"})
rows = anonypy.Preserver(people, ["race", "age"], "placed").anonymize_k_anonymity(k=5)
print("counts:", sorted(row["count"] for row in rows), "of groups:", sorted({tuple(row["race"]) for row in rows}))
PY
venv/bin/python run.py | tee seen
echo "anonypy 0.2.1, anonymize_k_anonymity(k=5): every group of race and age has five people; its rows are one for each value of the outcome, with the count of each."
echo "Why it matters here: 'k = 5' reads as 'no count below 5'. The table says that two people of a group were not placed, and joins races to get there."
echo "A minimum for numerators and their complements is a rule of its own (ours is 11)."
grep -q "counts: \[2, 2" seen
