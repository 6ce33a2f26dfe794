#!/usr/bin/env sh
# langcodes finds French for "French Creole", English for "English/Spanish" and Kari (kbj) for Karen, and nothing for Kreyol, Mixteco or Cape Verdean.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check langcodes==3.5.1 language-data==1.4.0
cat > run.py <<'PY'
import langcodes
for answer in ("Haitian Creole", "French Creole", "English/Spanish", "Karen", "Kreyol", "Mixteco", "Cape Verdean"):
    try:
        found = langcodes.find(answer)
        print(f"{answer}: {found}, {found.display_name()}")
    except LookupError:
        print(f"{answer}: not found")
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
Haitian Creole: ht, Haitian Creole
French Creole: fr, French
English/Spanish: en, English
Karen: kbj, Kari
Kreyol: not found
Mixteco: not found
Cape Verdean: not found
TXT
echo "langcodes 3.5.1, find: a name that it does not hold may still get an answer, and nothing tells it from an exact one."
echo "Why it matters here: intake forms hold the language as a word. People of one language are counted under another, who need no interpreter or another one."
echo "Languages have to be matched by a list that somebody of the agency has read."
cmp -s seen expected
