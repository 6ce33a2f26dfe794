#!/usr/bin/env sh
# Two empty names are equal for rapidfuzz and thefuzz, and as far apart as can be for jellyfish.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check rapidfuzz==3.14.6 jellyfish==1.3.0 thefuzz==0.22.1
cat > run.py <<'PY'
import jellyfish
import rapidfuzz
from thefuzz import fuzz
print("rapidfuzz JaroWinkler", rapidfuzz.distance.JaroWinkler.similarity("", ""), " ratio", rapidfuzz.fuzz.ratio("", ""), " WRatio", rapidfuzz.fuzz.WRatio("", ""), " token_set_ratio", rapidfuzz.fuzz.token_set_ratio("", ""))
print("jellyfish JaroWinkler", jellyfish.jaro_winkler_similarity("", ""))
print("thefuzz   ratio      ", fuzz.ratio("", ""), " token_set_ratio", fuzz.token_set_ratio("", ""))
PY
venv/bin/python run.py | tee seen
cat > expected <<'TXT'
rapidfuzz JaroWinkler 1.0  ratio 100.0  WRatio 0.0  token_set_ratio 0.0
jellyfish JaroWinkler 0.0
thefuzz   ratio       100  token_set_ratio 0
TXT
echo "rapidfuzz 3.14.6, jellyfish 1.3.0, thefuzz 0.22.1: the same measure by name, 1.0 here and 0.0 there; within rapidfuzz one score says 100 and its neighbor 0."
echo "Why it matters here: clients are counted once by name and birth date. Where the name is missing, one package makes all of them one person, the other none."
echo "Persons are counted by the key that stands in the file, and acm check names rows without one."
cmp -s seen expected
