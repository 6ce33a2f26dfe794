#!/usr/bin/env sh
# Babel writes lists in Spanish with y and o also where the language wants e and u.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check babel==2.19.0
cat > run.py <<'PY'
from babel.lists import format_list
print(format_list(["personas negras", "indígenas"], locale="es_US"))
print(format_list(["siete", "ocho"], style="or", locale="es_US"))
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
personas negras y indígenas
siete o ocho
TXT
echo "Babel 2.19.0 joins with the patterns of CLDR; the change of y to e before the sound i, and of o to u before o, is no pattern (ICU has it in its code) and is not made."
echo "Why it matters here: groups and neighborhoods are listed in every other sentence of a Spanish page, and 'y indígenas' is a mistake that every reader sees."
echo "Our lists in Spanish are joined by our own rule (acmlib/display/words.py)."
cmp -s seen expected
