#!/usr/bin/env sh
# samplics divides by everybody asked if answers are missing: 5 yes and 5 no of 20 are 25% and 25%; and 0 of 20 has the limits 0% and 0%.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check samplics==0.4.19 pandas==2.3.3 numpy==2.3.5
cat > run.py <<'PY'
import warnings
warnings.filterwarnings("ignore")
import numpy as np
from samplics import PopParam, TaylorEstimator
def shares(answers, **options):
    found = TaylorEstimator(PopParam.prop)
    found.estimate(y=np.array(answers), samp_weight=np.ones(len(answers)), **options)
    return {float(key): (round(float(value), 2), round(float(found.lower_ci[key]), 2), round(float(found.upper_ci[key]), 2)) for key, value in found.point_est.items()}
half = [1.0] * 5 + [0.0] * 5 + [np.nan] * 10
print("half did not answer:", {key: one[0] for key, one in shares(half).items()})
print("with remove_nan=True:", {key: one[0] for key, one in shares(half, remove_nan=True).items()})
print("nobody of 20 said yes:", shares([0.0] * 20))
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
half did not answer: {0.0: 0.25, 1.0: 0.25}
with remove_nan=True: {0.0: 0.5, 1.0: 0.5}
nobody of 20 said yes: {0.0: (1.0, 1.0, 1.0)}
TXT
echo "samplics 0.4.19, TaylorEstimator(PopParam.prop): missing answers stay in the denominator and are no answer of their own, so that the shares add up to a half; nothing says so."
echo "Where all gave one answer its limits are 100% and 100%, and the other answer is not on the list (Wilson: 0% to 16%)."
echo "Why it matters here: of clients some do not answer each question, more of some groups than of others. 'A quarter were content' then is a figure about who answered,"
echo "and the gap between groups is one of answering. Shares here are of those who answered, and who did not is beside them."
cmp -s seen expected
