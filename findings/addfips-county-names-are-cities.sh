#!/usr/bin/env sh
# addfips gives the code of a city for the name of a county, wherever an independent city has the same name: Fairfax, Baltimore, St. Louis, Roanoke.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check addfips==0.4.2
cat > run.py <<'PY'
import addfips
codes = addfips.AddFIPS()
for name, state in (("Fairfax", "VA"), ("Roanoke", "VA"), ("Baltimore", "MD"), ("St. Louis", "MO"), ("Arlington", "VA")):
    print(f"{name}, {state}: {codes.get_county_fips(name, state)}; {name} County: {codes.get_county_fips(name + ' County', state)}")
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
Fairfax, VA: 51600; Fairfax County: 51059
Roanoke, VA: 51770; Roanoke County: 51161
Baltimore, MD: 24510; Baltimore County: 24005
St. Louis, MO: 29510; St. Louis County: 29189
Arlington, VA: 51013; Arlington County: 51013
TXT
echo "addfips 0.4.2, get_county_fips: the word 'County' decides between two places, and where a state has one of the name it does not matter; no answer says that there was a choice."
echo "Why it matters here: in a column headed 'county' the word is left out. Rates per resident of Fairfax County are then divided by the people of the"
echo "City of Fairfax, which is no part of that county and many times smaller. Join population by code (GEOID), which a list of names cannot stand for."
cmp -s seen expected
