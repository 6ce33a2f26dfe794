#!/usr/bin/env sh
# ics writes a meeting at 9:00 as 9:00 UTC, which is 5:00 in the morning in New York; icalendar writes 9:00.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check ics==0.7.3 icalendar==7.3.2
cat > run.py <<'PY'
import datetime as dt
import icalendar
import ics
nine = dt.datetime(2026, 7, 7, 9)
made = ics.Calendar(events={ics.Event(name="Meeting", begin=nine, duration=dt.timedelta(hours=1))}).serialize()
other = icalendar.Event()
other.add("dtstart", nine)
zoned = next(iter(icalendar.Calendar.from_ical(made).walk("VEVENT")))["dtstart"].dt
for name, text in (("ics", made), ("icalendar", other.to_ical().decode())):
    print(name, next(line for line in text.splitlines() if line.startswith("DTSTART")))
import zoneinfo
print("in New York:", zoned.astimezone(zoneinfo.ZoneInfo("America/New_York")).strftime("%H:%M"))
PY
venv/bin/python run.py 2>/dev/null | tee seen
cat > expected <<'TXT'
ics DTSTART:20260707T090000Z
icalendar DTSTART:20260707T090000
in New York: 05:00
TXT
echo "ics 0.7.3: a time without a zone is taken as UTC, and the Z says so; icalendar 7.3.2 leaves it without one, and calendars show it as local time."
echo "Why it matters here: the next meeting goes out as a calendar file. Every guest's calendar shows the hour that the Z stands for, and nobody sees the file."
cmp -s seen expected
