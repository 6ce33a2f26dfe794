#!/usr/bin/env sh
# fairlearn finds no gap at all between 90% and 30% if the answers are the words yes and no: everybody's rate is 0; coded 1 and 0 it is 60 points.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check fairlearn==0.15.0 scikit-learn==1.9.1 numpy==2.0.2 pandas==2.3.3 scipy==1.15.3
cat > run.py <<'PY'
from fairlearn.metrics import MetricFrame, demographic_parity_difference, selection_rate
groups = ["A"] * 10 + ["B"] * 10
placed = ["yes"] * 9 + ["no"] + ["yes"] * 3 + ["no"] * 7
for yes, no in [(1, 0), (True, False), ("yes", "no"), ("Y", "N")]:
    answers = [yes if answer == "yes" else no for answer in placed]
    rates = MetricFrame(metrics=selection_rate, y_true=answers, y_pred=answers, sensitive_features=groups).by_group
    gap = demographic_parity_difference(answers, answers, sensitive_features=groups)
    print(f"{yes!r} and {no!r}: A {rates['A']:.2f}, B {rates['B']:.2f}, difference {gap:.2f}")
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
1 and 0: A 0.90, B 0.30, difference 0.60
True and False: A 0.90, B 0.30, difference 0.60
'yes' and 'no': A 0.00, B 0.00, difference 0.00
'Y' and 'N': A 0.00, B 0.00, difference 0.00
TXT
echo "fairlearn 0.15.0, selection_rate(): counts what equals 1 and takes words without a complaint, so nobody is counted. The parity difference is 0, the best value that it has."
echo "Why it matters here: exports of providers say yes and no. A gap of 60 points is reported as none. What counts as a success is written in a contract (where: placed = 'yes')."
cmp -s seen expected
