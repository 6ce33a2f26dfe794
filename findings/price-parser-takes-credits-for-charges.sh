#!/usr/bin/env sh
# price_parser takes the sign from amounts: a credit of -450 or (450) is 450; and 1.2 million is 1.2.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check price-parser==0.5.1
cat > run.py <<'PY'
from price_parser import Price
for text in ("$450.00", "-$450.00", "($450.00)", "-450", "450 CR", "$1.2 million", "$1.2M", "$1.200", "$1,200"):
    price = Price.fromstring(text)
    print(f"{text:12} {price.amount_float} {price.currency}")
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
$450.00      450.0 $
-$450.00     450.0 $
($450.00)    450.0 $
-450         450.0 None
450 CR       450.0 None
$1.2 million 1.2 $
$1.2M        1.2 $
$1.200       1200.0 $
$1,200       1200.0 $
TXT
echo "price-parser 0.5.1, Price.fromstring(): the first number of the text is the amount, without its sign, parentheses or the word after it."
echo "Why it matters here: invoices and payments of a contract come as texts. A credit note is added instead of subtracted, so that spending is too high by twice its amount,"
echo "and the value of a contract is a millionth. Signs and words are looked at before."
cmp -s seen expected
