#!/usr/bin/env sh
# pandera with coerce=True makes True of the texts no and False, and 0 of 0.9: the check passes and the data are others.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pandera==0.35.0 pandas==2.3.3 numpy==2.4.6
cat > run.py <<'PY'
import pandas as pd
import pandera.pandas as pa
def checked(values, kind):
    schema = pa.DataFrameSchema({"value": pa.Column(kind, coerce=True)})
    return schema.validate(pd.DataFrame({"value": values}))["value"].tolist()
print("bool:    ", checked(["yes", "no", "False", "0", ""], bool))
print("int:     ", checked([0.9, 1.5, -0.5], int))
print("datetime:", [str(value) for value in checked([20260601, 20260615], "datetime64[ns]")])
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
bool:     [True, True, True, True, False]
int:      [0, 1, 0]
datetime: ['1970-01-01 00:00:00.020260601', '1970-01-01 00:00:00.020260615']
TXT
echo "pandera 0.35.0: values are first made to fit with pandas' astype(), then checked. A text that is not empty is true, a fraction is cut, a date written as a number is a time in 1970."
echo "Why it matters here: a check of the data is the step that people trust. Everybody with 'no' is placed, and rates given as fractions are 0."
echo "A check should change no value: kinds are checked without coerce, and words are mapped by a list."
cmp -s seen expected
