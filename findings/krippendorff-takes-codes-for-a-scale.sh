#!/usr/bin/env sh
# krippendorff.alpha() takes codes of themes for numbers on a scale: the agreement of the same two readers is 0.02 or 0.74, and changes if a theme gets another number.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check krippendorff==0.8.1 irrCAC==0.4.4 pandas==2.3.3
cat > run.py <<'PY'
import krippendorff
import numpy as np
import pandas as pd
from irrCAC.raw import CAC
first, second = [1, 2, 3, 3, 2, 1, 4, 1, 2, 9], [1, 2, 3, 3, 2, 2, 4, 1, 2, 1]  # 1 transport, 2 child care, ... 9 other
codes = np.array([first, second], dtype=float)
print(f"krippendorff: {krippendorff.alpha(codes):.2f}, with level_of_measurement='nominal': {krippendorff.alpha(codes, level_of_measurement='nominal'):.2f}")
print(f"'other' coded as 5: {krippendorff.alpha(np.where(codes == 9, 5, codes)):.2f}, nominal: {krippendorff.alpha(np.where(codes == 9, 5, codes), level_of_measurement='nominal'):.2f}")
print(f"irrCAC: {CAC(pd.DataFrame(codes.T)).krippendorff()['est']['coefficient_value']:.2f}")
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
krippendorff: 0.02, with level_of_measurement='nominal': 0.74
'other' coded as 5: 0.37, nominal: 0.74
irrCAC: 0.74
TXT
echo "krippendorff 0.8.1: the default level of measurement is interval; irrCAC 0.4.4 of the same name and data: identity weights, which is nominal."
echo "Why it matters here: two people code what clients said in focus groups, and agreement decides whether the counts of themes are shown. Codes of themes are names; give the level."
cmp -s seen expected
