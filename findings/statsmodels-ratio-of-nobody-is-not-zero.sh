#!/usr/bin/env sh
# statsmodels adds half a person to every cell of a table with a zero, and then gives the risk ratio of a group in which nobody was placed as 10%.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check statsmodels==0.15.0
cat > run.py <<'PY'
from statsmodels.stats.contingency_tables import Table2x2
for table in ([[0, 10], [5, 5]], [[10, 0], [5, 5]]):
    (a, b), (c, d) = table
    print(f"{a} of {a + b} and {c} of {c + d}: ratio by hand {a / (a + b) / (c / (c + d)):.2f}, Table2x2 {Table2x2(table).riskratio:.3f}, with shift_zeros=False {Table2x2(table, shift_zeros=False).riskratio:.3f}")
PY
venv/bin/python -W ignore run.py | tee seen
cat > expected <<'TXT'
0 of 10 and 5 of 10: ratio by hand 0.00, Table2x2 0.095, with shift_zeros=False 0.000
10 of 10 and 5 of 10: ratio by hand 2.00, Table2x2 1.905, with shift_zeros=False 2.000
TXT
echo "statsmodels 0.15.0: shift_zeros=True is the default and acts on the table itself, also for ratios that need no such help."
echo "Why it matters here: '0 of 10' against '5 of 10' is written as one tenth, and '10 of 10' against '5 of 10' as 1.9 times. On the page the counts stand beside it and say 0 and 2."
echo "Our ratios are those of the shares that are printed."
cmp -s seen expected
