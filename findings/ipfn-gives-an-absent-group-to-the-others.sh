#!/usr/bin/env sh
# ipfn says that it converged where a group of the population has no respondent, and gives its people to the groups that answered.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check ipfn==1.4.4 pandas==2.3.3 numpy==2.3.5
cat > run.py <<'PY'
import contextlib, io
import pandas as pd
from ipfn import ipfn
answers = pd.DataFrame({"race": ["A"] * 6 + ["B"] * 4, "age": ["young", "old"] * 5, "total": 1.0})
race = pd.Series({"A": 50, "B": 30, "C": 20}).rename_axis("race")  # nobody of group C answered
age = pd.Series({"old": 60, "young": 40}).rename_axis("age")
told = io.StringIO()
with contextlib.redirect_stdout(told):
    weighted = ipfn.ipfn(answers, [race, age], [["race"], ["age"]]).iteration()
print(told.getvalue().strip())
print("asked for", race.to_dict(), "got", weighted.groupby("race")["total"].sum().round(1).to_dict())
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
ipfn converged: convergence_rate not updating or below rate_tolerance
asked for {'A': 50, 'B': 30, 'C': 20} got {'A': 62.5, 'B': 37.5}
TXT
echo "ipfn 1.4.4, iteration(): a value of a target that no row has takes part in nothing; the last margin makes the total right again, and 'converged' is all that is said."
echo "Why it matters here: weights are used for surveys of clients because some groups answer less. 'Weighted to the population' then reads as if all were in it,"
echo "and a fifth of them is not. Who did not answer is shown beside the answers; a group of nobody cannot be weighted up."
cmp -s seen expected
