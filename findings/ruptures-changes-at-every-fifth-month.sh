#!/usr/bin/env sh
# ruptures looks for changes at every fifth month only, unless told otherwise, and then finds one more that is none.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check ruptures==1.1.10 numpy==2.4.6
cat > run.py <<'PY'
import numpy as np
import ruptures
days = np.r_[np.full(13, 27.0), np.full(11, 10.0)] + np.random.default_rng(2026).normal(0, 1, 24)  # the wait falls after 13 months
print("one change, best split:", ruptures.Dynp(model="l2").fit(days).predict(n_bkps=1))
print("as many as there are:  ", ruptures.Pelt(model="l2").fit(days).predict(pen=30))
print("with jump=1:           ", ruptures.Dynp(model="l2", jump=1).fit(days).predict(n_bkps=1), ruptures.Pelt(model="l2", jump=1).fit(days).predict(pen=30))
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
one change, best split: [15, 24]
as many as there are:   [10, 15, 24]
with jump=1:            [13, 24] [13, 24]
TXT
echo "ruptures 1.1.10: jump=5 is the default of every search, also of the exact ones; 24 is the end of the series."
echo "Why it matters here: with 24 months, five months can be answered at all. The change is dated two months after it began, away from the action that made it, and a second one is told."
echo "Our own search for the date of a change (acmlib/analysis) tries every month and allows for the search."
cmp -s seen expected
