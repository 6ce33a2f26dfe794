#!/usr/bin/env sh
# In a YAML file of parameters the ZIP code 01002 is the number 514, 02138 a text, and 12:30 the number 750; papermill passes them on.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check papermill==2.7.0 ipykernel==7.1.0 PyYAML==6.0.3 ruamel.yaml==0.18.16
printf 'zips: [01002, 02138, 10453]\nstate: NO\nmeets_at: 12:30\n' > given.yml
cat > write.py <<'PY'
import nbformat
notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
notebook.cells = [nbformat.v4.new_code_cell('zips, state, meets_at = [], "", ""', metadata={"tags": ["parameters"]}),
                  nbformat.v4.new_code_cell("print(zips, repr(state), meets_at)")]
nbformat.write(notebook, "in.ipynb")
PY
venv/bin/python write.py
venv/bin/papermill --no-progress-bar --log-level ERROR in.ipynb out.ipynb -f given.yml 2>/dev/null
{ venv/bin/python -c 'import json; print("papermill -f:", "".join(json.load(open("out.ipynb"))["cells"][-1]["outputs"][-1]["text"]).strip())'
  venv/bin/python -c 'import ruamel.yaml; print("ruamel.yaml (YAML 1.2):", dict(ruamel.yaml.YAML(typ="safe", pure=True).load(open("given.yml"))))'; } | tee seen
cat > expected <<'TXT'
papermill -f: [514, '02138', 10453] False 750
ruamel.yaml (YAML 1.2): {'zips': [1002, 2138, 10453], 'state': 'NO', 'meets_at': '12:30'}
TXT
echo "PyYAML 6.0.3 reads YAML 1.1: a leading zero makes an octal number if all digits fit (01002), else a text (02138, with an 8 in it); NO is false, 12:30 counts minutes."
echo "Why it matters here: ZIP codes of New England and New Jersey begin with a zero. Of one list some match the file and others, silently, do not; the two YAML versions"
echo "differ as well. In contract files here such values stay the texts they are written as."
cmp -s seen expected
