#!/usr/bin/env sh
# Babel reads 12,5 as 125 in every locale of the Americas that writes a point, es_US and es_MX too, unless it is told to be strict.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check babel==2.19.0
cat > run.py <<'PY'
from babel.numbers import NumberFormatError, parse_decimal
for locale in ("en_US", "es_US", "es_MX", "es_CO", "es"):
    print(locale, *(parse_decimal(text, locale=locale) for text in ("12,5", "0,75", "1,200")))
try:
    print(parse_decimal("12,5", locale="es_US", strict=True))
except NumberFormatError:
    print("es_US, strict: refused")
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
en_US 125 75 1200
es_US 125 75 1200
es_MX 125 75 1200
es_CO 12.5 0.75 1.200
es 12.5 0.75 1.200
es_US, strict: refused
TXT
echo "Babel 2.19.0, numbers.parse_decimal(): the sign for thousands is taken out wherever it stands, so that a decimal comma makes a number ten or a hundred times as large."
echo "Why it matters here: staff who learned to write in another Spanish-speaking country put 12,5 hours and 0,75 of a day into forms, beside 12.5. No row is refused, and the mean is wrong."
echo "Numbers from people are read with strict=True, and refused ones asked about."
cmp -s seen expected
