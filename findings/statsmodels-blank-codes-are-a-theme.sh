#!/usr/bin/env sh
# statsmodels' aggregate_raters takes a code that was not given for one more code: coders who never disagree have a kappa of 0.37.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check statsmodels==0.15.0 numpy==2.0.2 scipy==1.15.3 pandas==2.3.3 krippendorff==0.8.1
cat > run.py <<'PY'
import krippendorff
import numpy as np
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa
none = np.nan
codes = np.array([[1, 1, none], [2, 2, 2], [1, 1, 1], [2, 2, none], [1, 1, none]])  # five quotes, three coders; the third read two
counts, names = aggregate_raters(codes)
print("themes:", names.tolist())
print("counts:", counts.tolist())
print("kappa of three coders:", round(float(fleiss_kappa(counts)), 2), "of the first two:", fleiss_kappa(aggregate_raters(codes[:, :2])[0]))
print("krippendorff's alpha:", krippendorff.alpha(reliability_data=codes.T, level_of_measurement="nominal"))
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
themes: [1.0, 2.0, nan]
counts: [[2, 0, 1], [0, 3, 0], [3, 0, 0], [0, 2, 1], [2, 0, 1]]
kappa of three coders: 0.37 of the first two: 1.0
krippendorff's alpha: 1.0
TXT
echo "statsmodels 0.15.0: missing codes are counted under the name nan, and every coder who skipped a quote disagrees with those who read it."
echo "Why it matters here: a third person usually reads a part of the comments only. The themes would be thrown away for want of agreement, though nobody disagreed."
echo "The product compares two coders on what both coded, and says how many that were."
cmp -s seen expected
