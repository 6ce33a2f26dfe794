#!/usr/bin/env sh
# pandas' to_markdown prints codes that are texts as numbers: 3.10 is 3.1, 12E4 is 120000; to_string and to_html keep them.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pandas==3.1.1 tabulate==0.10.0
cat > run.py <<'PY'
import pandas as pd
elements = pd.DataFrame({"element": ["3.01", "3.1", "3.10"], "project": ["12E4", "204", "17"], "missing": [0, 2, 41]})
print("types:", *(str(kind) for kind in elements.dtypes))
print(elements.to_string(index=False))
print(elements.to_markdown(index=False))
print("disable_numparse=True:", elements.to_markdown(index=False, disable_numparse=True).splitlines()[-1])
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
types: str str int64
element project  missing
   3.01    12E4        0
    3.1     204        2
   3.10      17       41
|   element |   project |   missing |
|----------:|----------:|----------:|
|      3.01 |    120000 |         0 |
|      3.1  |       204 |         2 |
|      3.1  |        17 |        41 |
disable_numparse=True: | 3.10      | 17        | 41        |
TXT
echo "pandas 3.1.1, DataFrame.to_markdown(), with tabulate 0.10.0: a column of texts is written as numbers if every text can be read as one; the columns' own type does not count."
echo "Why it matters here: HMIS data elements are numbered 3.10 and 3.20, project ids look like 12E4. In a Markdown report two elements have one name, and an id is another's."
echo "Codes are printed with disable_numparse=True."
cmp -s seen expected
