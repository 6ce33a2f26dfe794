#!/usr/bin/env sh
# seaborn joins the months before and after a missing one with a line; pandas and matplotlib leave a gap.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check seaborn==0.13.2 matplotlib==3.11.2 pandas==3.1.1
cat > run.py <<'PY'
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
import seaborn.objects as so
months = pd.DataFrame({"month": [1, 2, 3, 4, 5], "placed": [0.5, 0.6, None, 0.2, 0.3]})  # March was hidden, or not sent
def points(axes):
    return len(axes.lines[0].get_xydata())
print("pandas          ", points(months.plot(x="month", y="placed")), "points, one of them missing: the line is broken")
print("sns.lineplot    ", points(sns.lineplot(months, x="month", y="placed", ax=plt.subplots()[1])), "points: one line")
print("sns.relplot     ", points(sns.relplot(months, x="month", y="placed", kind="line").ax), "points: one line")
print("objects so.Line ", points(so.Plot(months, x="month", y="placed").add(so.Line()).plot()._figure.axes[0]), "points: one line")
PY
venv/bin/python -W ignore run.py | tee seen
cat > expected <<'TXT'
pandas           5 points, one of them missing: the line is broken
sns.lineplot     4 points: one line
sns.relplot      4 points: one line
objects so.Line  4 points: one line
TXT
echo "seaborn 0.13.2 drops rows without a value before it draws, in both of its interfaces."
echo "Why it matters here: a hidden or missing month reads as a steady fall from February to April, on a public page too. Nothing says that the line was made up."
echo "report.over_time numbers its runs (with units='run' the line breaks), and show.figure refuses a line that was drawn over a gap."
cmp -s seen expected
