#!/usr/bin/env sh
# us.states.lookup compares by sound: Fremont is Vermont, Novato is Nevada, "Organ" is Oregon. No answer says that it was a guess.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check us==4.0.0
cat > run.py <<'PY'
import us
for text in ("Vermont", "Fremont", "Nevada", "Novato", "Organ", "Taxes", "Kansas City", "District of Columbia"):
    print(f"{text}: {us.states.lookup(text)}")
print("DC among us.states.STATES:", us.states.DC in us.states.STATES)
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
Vermont: Vermont
Fremont: Vermont
Nevada: Nevada
Novato: Nevada
Organ: Oregon
Taxes: Texas
Kansas City: None
District of Columbia: District of Columbia
DC among us.states.STATES: False
TXT
echo "us 4.0.0, lookup(): what is neither a name, an abbreviation nor a FIPS code is compared by metaphone (jellyfish) with the names of states."
echo "Why it matters here: in a column of addresses where city and state were swapped, people of Fremont, California are counted in Vermont and leave the population"
echo "that they are compared with. Look a name up exactly (field='name'), and count what is not found; DC is found, but is not in the list of states."
cmp -s seen expected
