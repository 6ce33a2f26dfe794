#!/usr/bin/env sh
# The relative risk of 0 of 20 against 5 of 20 is 0 in scipy, with limits from 0 to nan: no upper limit, so it is never "clear", however many people there are.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check scipy==1.16.3 numpy==2.3.5
cat > run.py <<'PY'
import warnings
warnings.filterwarnings("ignore")
from scipy.stats import fisher_exact
from scipy.stats.contingency import odds_ratio, relative_risk
for x, n, y, m in ((0, 20, 5, 20), (0, 2000, 500, 2000), (1, 2000, 500, 2000)):
    risk = relative_risk(x, n, y, m)
    low, high = risk.confidence_interval(0.95)
    odds = odds_ratio([[x, n - x], [y, m - y]]).confidence_interval(0.95)
    print(f"{x} of {n} against {y} of {m}: ratio {risk.relative_risk:g} from {low:g} to {high:g}; odds ratio up to {odds.high:.3f}; p {fisher_exact([[x, n - x], [y, m - y]]).pvalue:.1g}")
PY
venv/bin/python run.py | tee seen
echo "scipy 1.16.3, relative_risk().confidence_interval(): with nobody in the first group the limits on the log scale do not exist, and nan stands for the upper one."
echo "Why it matters here: comparisons with nan are false, so 'the interval excludes 1' is false, and the starkest gap there is (nobody of a group was placed) reads as"
echo "'not clear'. We use an interval that survives zero counts (Koopman, MOVER-Wilson)."
grep -q "^0 of 2000 against 500 of 2000: ratio 0 from 0 to nan" seen && grep -q "^1 of 2000 .* to 0\.0" seen
