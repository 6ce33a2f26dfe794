#!/usr/bin/env sh
# aif360's disparate impact counts people whose race is not recorded among the unprivileged: 0.56 (below four fifths by far) where those of known race have 0.75.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check aif360==0.6.1 pandas==2.3.3 numpy==1.26.4 scikit-learn==1.3.2 scipy==1.13.1
cat > run.py <<'PY'
import pandas as pd
from aif360.sklearn.metrics import disparate_impact_ratio, statistical_parity_difference
race = ["White"] * 20 + ["Black"] * 20 + [None] * 20
placed = pd.Series([1] * 16 + [0] * 4 + [1] * 12 + [0] * 8 + [1] * 6 + [0] * 14, index=pd.Index(race, name="race"))
known = placed[placed.index.notna()]
for name, people in (("everybody", placed), ("of known race", known)):
    asked = {"prot_attr": "race", "priv_group": "White", "pos_label": 1}
    print(f"{name}: ratio {disparate_impact_ratio(people, **asked):.4f} difference {statistical_parity_difference(people, **asked):.2f}")
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
everybody: ratio 0.5625 difference -0.35
of known race: ratio 0.7500 difference -0.20
TXT
echo "aif360 0.6.1, aif360.sklearn.metrics: every row that is not of priv_group is unprivileged, an empty one too: here 18 of 40, of whom 20 are Black (12 placed) and 20 not recorded (6 placed)."
echo "Why it matters here: race is often not recorded, most often of people who left early. A gap between groups then measures the forms, and a provider that asks less looks more unequal."
cmp -s seen expected
