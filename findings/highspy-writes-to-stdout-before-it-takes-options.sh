#!/usr/bin/env sh
# highspy 1.16 writes two lines to the standard output when the first solver of a process is made, before "output_flag" can be set: a program that prints JSON prints them first.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check highspy==1.16.0 numpy==2.3.5
cat > run.py <<'PY'
import json
import highspy
solver = highspy.Highs()
solver.setOptionValue("output_flag", False)
print(json.dumps({"hidden": 3}))
PY
venv/bin/python run.py | tee seen
venv/bin/python run.py | venv/bin/python -c "import json, sys; json.load(sys.stdin)" 2>/dev/null && read_as_json=yes || read_as_json=no
echo "highspy 1.16.0, Highs(): the banner is written by the constructor, once a process; output_flag=False comes too late for it. Read as JSON: $read_as_json."
echo "Why it matters here: the audit of a public edition makes a solver, so that the output of 'acm check', and the JSON lines that a benchmark reads from a process, began"
echo "with 'Running HiGHS'. We turn the standard output away while the solver is made."
grep -q "^Running HiGHS 1.16.0" seen && grep -q '^{"hidden": 3}$' seen && test "$read_as_json" = no
