#!/usr/bin/env sh
# The test and the interval that statsmodels gives for the same two shares contradict each other unless a method is named.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check statsmodels==0.15.0
cat > run.py <<'PY'
from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep
for placed, of, others, of_others in ((14, 20, 19, 20), (7, 20, 19, 30), (3, 20, 0, 30)):
    p = test_proportions_2indep(placed, of, others, of_others).pvalue
    low, high = confint_proportions_2indep(placed, of, others, of_others)
    print(f"{placed}/{of} and {others}/{of_others}: p {p:.3f}, difference {100 * low:.1f} to {100 * high:.1f} points")
both = [(a, b) for a in range(21) for b in range(21)
        if (test_proportions_2indep(a, 20, b, 20).pvalue < 0.05) != (0 < confint_proportions_2indep(a, 20, b, 20)[0] or confint_proportions_2indep(a, 20, b, 20)[1] < 0)]
print("of 441 pairs of shares of 20,", len(both), "contradict")
PY
venv/bin/python -W ignore run.py | tee seen
cat > expected <<'TXT'
14/20 and 19/20: p 0.051, difference -47.3 to -0.8 points
7/20 and 19/30: p 0.050, difference -50.8 to -0.2 points
3/20 and 0/30: p 0.086, difference 0.0 to 36.0 points
of 441 pairs of shares of 20, 4 contradict
TXT
echo "statsmodels 0.15.0: the test is by agresti-caffo, the interval by Newcombe, each the default of its function."
echo "Why it matters here: a table with both says 'no difference' (p above .05) beside an interval without 0. A reader in the meeting takes the one she likes."
echo "Our verdict and the interval printed beside it come from one method and says which."
cmp -s seen expected
