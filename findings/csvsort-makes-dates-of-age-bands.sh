#!/usr/bin/env sh
# csvkit's csvsort and csvjoin write age bands (5-9, 10-12) as dates of the year 2001 and a count of 0 and 1 as False and True.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check csvkit==2.2.0 agate==1.14.2
printf 'site,age_band,placed\nSouth,10-12,1\nNorth,5-9,0\nEast,1-4,0\n' > counts.csv
printf 'site,area\nNorth,1\n' > sites.csv
{ echo "csvsort"; venv/bin/csvsort -c site counts.csv; echo "csvjoin"; venv/bin/csvjoin -c site counts.csv sites.csv; echo "csvsort -I"; venv/bin/csvsort -I -c site counts.csv; } > seen
cat seen
cat > expected <<'TXT'
csvsort
site,age_band,placed
East,2001-01-04,False
North,2001-05-09,False
South,2001-10-12,True
csvjoin
site,age_band,placed,area
North,2001-05-09,False,True
csvsort -I
site,age_band,placed
East,1-4,0
North,5-9,0
South,10-12,1
TXT
echo "csvkit 2.2.0 with agate 1.14.2: types are guessed before rows are sorted or joined, and the guesses are written, without a warning; -I (--no-inference) leaves texts alone."
echo "Why it matters here: a provider's file that was 'only sorted' has no age bands any more and no counts that add up. Sort and join with -I, or not before the file is read here."
cmp -s seen expected
