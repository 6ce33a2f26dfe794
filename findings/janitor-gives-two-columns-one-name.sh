#!/usr/bin/env sh
# pyjanitor's clean_names gives two different columns the same name, and a pick by that name is a table.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pyjanitor==0.32.60 pandas==3.1.1
cat > run.py <<'PY'
import pandas as pd
import janitor  # adds clean_names to frames
sent = pd.DataFrame([[40, 12]], columns=["Age 16-17", "Age 16/17"])
rates = pd.DataFrame([[41, 52]], columns=["Placed (%)", "Placed (#)"])
print(list(sent.clean_names().columns), type(sent.clean_names()["age_16_17"]).__name__)
print(list(rates.clean_names(remove_special=True).columns))
PY
venv/bin/python -W ignore run.py | tee seen
cat > expected <<'TXT'
['age_16_17', 'age_16_17'] DataFrame
['placed_', 'placed_']
TXT
echo "pyjanitor 0.32.60: names are cleaned one by one, and nobody looks whether two are the same afterwards."
echo "Why it matters here: spreadsheets of providers have 'Placed (%)' beside 'Placed (#)'. What is written with such a frame and read again takes one of them, silently."
echo "Our reader keeps headers as they are, and refuses a file that has one twice."
cmp -s seen expected
