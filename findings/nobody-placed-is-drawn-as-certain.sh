#!/usr/bin/env sh
# seaborn draws 'none of 8' without an error bar and one single person without one too; zepid gives 0 to 0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check seaborn==0.13.2 matplotlib==3.11.2 pandas==3.1.1 zepid==0.9.1 setuptools==80.9.0
cat > run.py <<'PY'
import matplotlib
matplotlib.use("Agg")
import pandas as pd
import seaborn as sns
people = pd.DataFrame({"group": ["A"] * 8 + ["B"] * 8 + ["C"], "placed": [0] * 8 + [0, 1] * 4 + [1]})
axes = sns.barplot(people, x="group", y="placed", seed=1)
for group, bar in zip("ABC", axes.lines):
    low, high = bar.get_ydata()
    placed = people.loc[people["group"] == group, "placed"]
    print(f"{group}: {placed.sum()} of {len(placed)}, seaborn draws {low:.3f} to {high:.3f}")
from zepid.calc import risk_ci
print("zepid, 0 of 8:", [float(limit) for limit in risk_ci(0, 8)[1:3]])
PY
venv/bin/python -W ignore run.py | tee seen
cat > expected <<'TXT'
A: 0 of 8, seaborn draws 0.000 to 0.000
B: 4 of 8, seaborn draws 0.125 to 0.875
C: 1 of 1, seaborn draws nan to nan
zepid, 0 of 8: [0.0, 0.0]
TXT
echo "seaborn 0.13.2: the default error bar is a bootstrap of the mean, and every draw from eight zeros is zero. zepid 0.9.1: risk_ci is Wald's interval."
echo "Why it matters here: with eight people and none placed, up to 32% may be the truth (Wilson). The smallest groups look the most certain, in the house's own plotting library."
echo "report.by_group gives low and high (Wilson) for each group, to be drawn instead of seaborn's."
cmp -s seen expected
