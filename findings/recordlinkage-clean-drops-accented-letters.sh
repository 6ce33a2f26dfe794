#!/usr/bin/env sh
# recordlinkage's clean() takes letters with accents out of names: Núñez is 'nez', Peña is 'pea'; English names stay whole.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check recordlinkage==0.16 pandas==2.3.3 setuptools==80.9.0
cat > run.py <<'PY'
import warnings
warnings.filterwarnings("ignore")
import pandas as pd
from recordlinkage.preprocessing import clean
first, second = pd.Series(["Núñez", "Peña", "Brown", "Avendaño"]), pd.Series(["Nunez", "Pena", "Brown", "Avendano"])
print(clean(first).tolist())
print("the same in both files:", (clean(first) == clean(second)).tolist())
print("with strip_accents='unicode':", (clean(first, strip_accents="unicode") == clean(second, strip_accents="unicode")).tolist())
print("two people with one name:", clean(pd.Series(["Peña", "Pea"])).nunique() == 1)
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
['nez', 'pea', 'brown', 'avendao']
the same in both files: [False, False, True, False]
with strip_accents='unicode': [True, True, True, True]
two people with one name: True
TXT
echo "recordlinkage 0.16, preprocessing.clean(): everything but a-z, digits, space and hyphen is removed, and accents are not taken off before (strip_accents=None)."
echo "Why it matters here: people of two files (referred, placed) are joined by name where there is no id. Those who are not found count as not placed, and these are"
echo "people with Spanish names: the gap that the page then shows was made by the join. Rows without a match are counted by group before a gap is believed."
cmp -s seen expected
