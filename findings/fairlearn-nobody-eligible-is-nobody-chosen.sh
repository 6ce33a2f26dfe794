#!/usr/bin/env sh
# fairlearn gives a group in which nobody was eligible a rate of 0: it is the worst group, and the difference is the largest there can be.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check fairlearn==0.15.0 scikit-learn==1.9.1 numpy==2.0.2 pandas==2.3.3 scipy==1.15.3
cat > run.py <<'PY'
from fairlearn.metrics import MetricFrame, equalized_odds_difference, true_positive_rate
groups = ["A"] * 10 + ["B"] * 10 + ["C"] * 10
eligible = [1] * 8 + [0] * 2 + [1] * 8 + [0] * 2 + [0] * 10
served = [1] * 6 + [0] * 4 + [1] * 6 + [0] * 4 + [0] * 10
rates = MetricFrame(metrics=true_positive_rate, y_true=eligible, y_pred=served, sensitive_features=groups)
print("served of those eligible:", {group: float(rate) for group, rate in rates.by_group.items()})
print("largest difference:", rates.difference(), "lowest by highest:", rates.ratio())
print("equalized odds, all groups:", equalized_odds_difference(eligible, served, sensitive_features=groups))
print("equalized odds, A and B:", equalized_odds_difference(eligible[:20], served[:20], sensitive_features=groups[:20]))
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
served of those eligible: {'A': 0.75, 'B': 0.75, 'C': 0.0}
largest difference: 0.75 lowest by highest: 0.0
equalized odds, all groups: 0.75
equalized odds, A and B: 0.0
TXT
echo "fairlearn 0.15.0, true_positive_rate(): 0 of 0 is 0.0, not unknown, and nothing says so."
echo "Why it matters here: a site or a language group that had nobody eligible in a month is shown as shut out, and hides that the others are alike."
echo "A share of nobody is no number, and no gap is formed with it."
cmp -s seen expected
