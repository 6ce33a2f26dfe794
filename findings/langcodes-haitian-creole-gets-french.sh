#!/usr/bin/env sh
# langcodes gives a reader of Haitian Creole the French page and a reader of Guarani the Spanish one, though English is offered too.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check langcodes==3.5.1 language-data==1.4.0 babel==2.19.0
cat > run.py <<'PY'
from babel import negotiate_locale
from langcodes import Language, closest_supported_match
offered = ["en", "es", "fr"]
for wanted in ("ht", "gn", "ca", "so"):
    print(f"{Language.get(wanted).display_name()}: langcodes {closest_supported_match(wanted, offered)}, babel {negotiate_locale([wanted], offered)}")
print("without French:", closest_supported_match("ht", ["en", "es"]))
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
Haitian Creole: langcodes fr, babel None
Guarani: langcodes es, babel None
Catalan: langcodes es, babel None
Somali: langcodes None, babel None
without French: None
TXT
echo "langcodes 3.5.1, closest_supported_match with its own limit of distance: French is a match for Haitian Creole, Spanish for Guarani; babel's negotiate_locale has none."
echo "Why it matters here: Haitian Creole and French are two languages. A notice sent so is counted as given in the client's language, and the need for a translation"
echo "is on no list. The first language that a client named has to be stored as it is, and a missing translation as missing."
cmp -s seen expected
