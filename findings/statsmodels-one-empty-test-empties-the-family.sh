#!/usr/bin/env sh
# statsmodels' correction for many tests answers nan for every test if one of them has no p-value, and still says which are significant.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check statsmodels==0.14.6 scipy==1.16.3 numpy==2.3.5 pandas==2.3.3
cat > run.py <<'PY'
import numpy as np
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests
for p in ([0.001, 0.02, 0.03, 0.5], [0.001, 0.02, 0.03, 0.5, np.nan]):
    rejected, corrected = multipletests(p, method="fdr_bh")[:2]
    print(len(p), "gaps:", rejected.tolist(), corrected.round(3).tolist())
rejected, corrected = multipletests([0.012, 0.5, np.nan, np.nan, np.nan, np.nan], method="fdr_bh")[:2]
print("0.012 of two with four empty ones:", bool(rejected[0]), "without these:", bool(multipletests([0.012, 0.5], method="fdr_bh")[0][0]))
try:
    false_discovery_control([0.001, np.nan])
except ValueError as error:
    print("scipy:", error)
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
4 gaps: [True, True, True, False] [0.004, 0.04, 0.04, 0.5]
5 gaps: [True, True, True, False, False] [nan, nan, nan, nan, nan]
0.012 of two with four empty ones: False without these: True
scipy: `ps` must include only numbers between 0 and 1.
TXT
echo "statsmodels 0.14.6, multipletests(method='fdr_bh') (fdrcorrection too): a gap that could not be tested is counted into the family and its nan runs through all corrected values; the verdicts beside them stand. scipy 1.16.3 refuses."
echo "Why it matters here: a group of nobody has no p-value. Pages that judge by the corrected value find no gap at all, pages that judge by the verdict find some, and a clear gap"
echo "may be lost to groups that nobody is in. A family is the gaps that were tested; it is fixed before it is corrected."
cmp -s seen expected
