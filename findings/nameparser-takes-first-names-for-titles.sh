#!/usr/bin/env sh
# nameparser takes Prince, King and Ma. (Maria) for titles: Prince Hall is one Hall without a last name, Ma. Elena de la Cruz is Elena.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check nameparser==2.6.0
cat > run.py <<'PY'
from nameparser import HumanName
for name in ("Prince Hall", "King Davis", "Bishop Bell", "Marquis Jones", "De la Cruz, Ma. Elena", "De la Cruz, Maria Elena", "Mary Jones"):
    read = HumanName(name)
    print(f"{name}: title {read.title!r}, first {read.first!r}, middle {read.middle!r}, last {read.last!r}")
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
Prince Hall: title 'Prince', first 'Hall', middle '', last ''
King Davis: title 'King', first 'Davis', middle '', last ''
Bishop Bell: title 'Bishop', first '', middle '', last 'Bell'
Marquis Jones: title 'Marquis', first '', middle '', last 'Jones'
De la Cruz, Ma. Elena: title 'Ma.', first 'Elena', middle '', last 'De la Cruz'
De la Cruz, Maria Elena: title '', first 'Maria', middle 'Elena', last 'De la Cruz'
Mary Jones: title '', first 'Mary', middle '', last 'Jones'
TXT
echo "nameparser 2.6.0: words of rank at the start of a name are its title, and what is left is the first name."
echo "Why it matters here: first and last names are keys when two files of people are joined, and the initial of the first name is part of many made-up ids. Prince, King and Bishop are first names above all of Black"
echo "Americans, Ma. is Maria in names of Mexico and the Philippines: it is these people who are not found again and counted as not served. People are joined by an id here, and rows that match nothing are counted."
cmp -s seen expected
