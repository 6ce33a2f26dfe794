"""Roadmap, actions, plan, notes and review are checked as strictly as the contract file."""

import datetime as dt
import pickle
import re
from dataclasses import replace

import pytest

from acmlib.contract.audiences import records_for
from acmlib.contract.calendar import meeting_after, meeting_days
from acmlib.contract.load import ContractError, contract_ids, load_contract, load_records, parse_contract
from acmlib.contract.meetings import Calendar, Meeting
from acmlib.contract.model import Agreement, Contract
from acmlib.contract.periods import parse_period, report_period
from acmlib.contract.promises import known_records, meeting_of, records_until
from acmlib.contract.record_checks import contradictions
from acmlib.contract.record_files import _csv
from acmlib.contract.records import Action
from acmlib.contract.replies import Response
from acmlib.contract.reviews import Review

FILES = {
    "roadmap.yml": "topics:\n"
    "  - {id: enrolment, month: 2026-06, kind: access, title: {en: Enrolment, es: Inscripción}, metric: enrolled, dimension: site}\n",
    "actions.csv": "id,agreed_on,what,what_es,owner,party,due,status,done_on,metric,rebase\n"
    'A1,2026-01-15,"Call, then write","Llamar",Ana,agency,2026-02-01,done,2026-02-03,enrolled,true\n'
    "A2,2026-01-15,Wait,,Dana,provider,,open,,,\n",
    "plan.yml": "questions:\n  - {id: who, section: implementation, question: 'Who meets, and when?'}\n",
    "notes/2026-05.md": "---\ndate: 2026-05-21\nkind: quote\nconsent: true\naudience: public\n"
    "topic: enrolment\nsource: focus group\n---\nIt helped.\n",
    "review.yml": "scale: [weak, fair, strong]\nratings: [{area: Reporting, rating: fair, evidence: [enrolled]}]\n"
    "spot_checks: [{date: 2026-05-01, what: Placements, records: 19, errors: 1, by: Ana, target: 90/60}]\n"
    "reflections: [{from: finance, text: Paid late twice}]\nlessons: [{text: Ask for dates, for: solicitation}]\n",
    "deliverables.csv": "kind,period,party,due,done_on\nreport,2026Q1,provider,2026-04-15,2026-04-20\ninvoice,2026-03,agency,2026-05-01,\n",
    "meetings/2026-04-16.yml": "period: 2026-03\nattending: [{name: Ana, party: agency}]\n"
    "followed_up: [{id: A2, status: done, done_on: 2026-03-01}]\n"
    "decisions: [{what: Meet at Eastgate next time, topic: enrolment}]\n"
    "promises:\n  - {id: M1, what: List the employers, owner: Dana, party: provider, due: 2026-06-01}\n",
    "responses.csv": "period,figure,reply,text,text_es,by,on,settled_on,settled,settled_es\n"
    "2026-03,enrolled,disagree,Two are missing,Faltan dos,Dana,2026-04-10,2026-04-16,Both were found,Se hallaron\n",
    "spot_checks.csv": "date,what,what_es,records,errors,by,target,metric\n2026-05-12,Files,Expedientes,19,2,Ana,90/60,enrolled\n",
    "voice.yml": "events: [{id: fg1, kind: focus group, date: 2026-05-21, who: young people, recruitment: by text, invited: 20, came: 9}]\n"
    "themes: [{id: waiting, event: fg1, title: Waiting, said_by: 6, topic: enrolment}]\n"
    "heard: [{id: h1, date: 2026-05-21, said: Tell us who is next, event: fg1, did: A list, party: provider, told_on: 2026-06-01}]\n",
    "peers.csv": "contract,number,metric,period,numerator,denominator,adjusted_by\nsummit,1,placed_6m,term,40,90,site\n",
    "coding.csv": "excerpt,coder,theme,found\n1,Ana,waiting,true\n1,Dana,waiting,false\n",
}


@pytest.fixture
def write(tmp_path):
    """Write the records of a contract and return the workspace."""

    def written():
        for name, text in FILES.items():
            path = tmp_path / "params" / "harbor" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return written


def errors(root, **options):
    with pytest.raises(ContractError) as caught:
        load_records("harbor", root, **options)
    return caught.value.errors


def test_records_are_read_in_full(write):
    records = load_records("harbor", write())
    assert records.roadmap[0].title.in_language("es") == "Inscripción"
    first, second, promised = records.actions
    assert (str(first.what), first.what.in_language("es"), first.rebase) == ("Call, then write", "Llamar", True)
    assert (second.due, second.metric) == (None, None)
    # What a meeting said of an action is its state, and what was promised there is an action.
    assert (second.status, second.done_on) == ("done", dt.date(2026, 3, 1))
    assert (promised.id, promised.status, promised.agreed_on, promised.due) == ("M1", "open", dt.date(2026, 4, 16), dt.date(2026, 6, 1))
    (reply,) = records.responses
    assert (str(reply.settled_on), str(reply.settled), reply.settled.in_language("es")) == ("2026-04-16", "Both were found", "Se hallaron")
    assert not reply.is_open
    assert records.plan[0].answer is None
    assert records.notes[0].text == "It helped."
    assert records.review.position(records.review.ratings[0]) == 2
    assert records.review.reflections[0].from_ == "finance"
    assert records.deliverables[1].done_on is None
    assert records.deliverables[0].due == dt.date(2026, 4, 15)
    assert pickle.loads(pickle.dumps(records)) == records


def test_what_does_not_exist_is_empty(tmp_path):
    assert load_records("harbor", tmp_path).roadmap == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("roadmap.yml", "kind: access", "kind: acess", "params/harbor/roadmap.yml: topics.0.kind is 'acess'; use access, outcomes"),
        ("roadmap.yml", "2026-06", "June", "topics.0.month is 'June'"),
        ("actions.csv", "2026-02-01", "2026-02-30", "params/harbor/actions.csv: A1.due is '2026-02-30'; there is no such day"),
        ("actions.csv", "done,2026-02-03", "done,", "actions.csv: A1 has status done and no done_on"),
        ("actions.csv", "2026-02-03", "2025-02-03", "A1 has a done_on before agreed_on"),
        ("actions.csv", "A2,", "A1,", "A1 is given twice; use each id once"),
        (
            "actions.csv",
            "open,,,",
            "open,2026-02-01,,",
            "actions.csv: A2 has done_on and status open; use status done, or leave done_on out (line 3)",
        ),
        (
            "meetings/2026-04-16.yml",
            "status: done",
            "status: dropped",
            "has done_on and status dropped; use status done, or leave done_on out",
        ),
        ("plan.yml", "and when?'", "and when?', decided_on: 2026-04-16", "has decided_on and no answer; give the answer, or leave"),
        ("responses.csv", "disagree", "agree", "has the reply agree and settled_on; only what was disputed is settled"),
        (
            "deliverables.csv",
            "done_on\nreport,2026Q1,provider,2026-04-15,2026-04-20",
            "amount\nreport,2026Q1,provider,2026-04-15,9",
            "is no invoice",
        ),
        ("actions.csv", "metric,rebase", "group,rebase", "A1 has group and no dimension; give both, or neither (line 2)"),
        (
            "review.yml",
            "ratings: [",
            "ratings: [{area: Reporting, rating: fair, evidence: [enrolled]}, ",
            "ratings.Reporting is given twice",
        ),
        (
            "meetings/2026-04-16.yml",
            "due: 2026-06-01",
            "expected: higher",
            "has the promise M1 with expected and no metric; give both, or neither",
        ),
        ("meetings/2026-04-16.yml", "due: 2026-06-01", "group: Women", "has the promise M1 with group and no dimension"),
        (
            "responses.csv",
            "Dana,2026-04-10,2026-04-16,",
            "Dana,2026-04-10,,",
            "has settled and no settled_on; give the day it was settled (line 2)",
        ),
        (
            "deliverables.csv",
            "03,agency",
            "03,provider",
            "is an invoice with the party provider; the agency pays it: use party agency (line 3)",
        ),
        (
            "deliverables.csv",
            "done_on\nreport",
            "accepted_on\ninvoice",
            "has accepted_on and is no report; of others done_on is the day they came",
        ),
        (
            "actions.csv",
            '"Call, then write"',
            "Call, then write",
            "has 12 values under 11 columns; put texts with a comma in quotes (line 2)",
        ),
        ("plan.yml", "'Who meets, and when?'", "{en: Who meets, and when?}", "put texts with a comma or colon in quotes"),
        ("notes/2026-05.md", "topic: enrolment", "topic: enrollment", "there is no such topic in roadmap.yml; did you mean 'enrolment'?"),
        ("notes/2026-05.md", "---\ndate", "date", "has no front matter"),
        ("notes/2026-05.md", "source: focus group", "sorce: focus group", "sorce is not a known key; did you mean 'source'?"),
        ("review.yml", "rating: fair", "rating: good", "has the rating 'good' in Reporting; use weak, fair or strong"),
        (
            "review.yml",
            "rating: fair",
            "rating: weak",
            "has the lowest rating, 'weak', in Reporting and no notice that was missed; give notice",
        ),
        (
            "review.yml",
            "rating: fair,",
            "rating: weak, notice: {sent: 2026-01-05, due: 2026-02-05, put_right_on: 2026-02-01},",
            "has the lowest rating, 'weak', in Reporting and no notice that was missed",
        ),
        ("review.yml", "rating: fair,", "rating: fair, notice: {sent: 2026-02-05, due: 2026-01-05},", "has due on or before sent"),
        ("review.yml", "evidence: [enrolled]", "evidence: []", "evidence is a list; give at least 1"),
        ("review.yml", "ratings:", "satisfactory: good\nratings:", "has satisfactory 'good'; use weak, fair or strong"),
        (
            "review.yml",
            "[weak, fair, strong]",
            "fedral",
            "scale is 'fedral'; use federal, uk or three, or a list of labels from low to high",
        ),
        (
            "review.yml",
            "[weak, fair, strong]",
            "federal",
            "has the rating 'fair' in Reporting; use Unsatisfactory, Marginal, Satisfactory, Very Good or",
        ),
        (
            "review.yml",
            "scale:",
            "right_of_reply: {asked: 2026-07-06, due: 2026-07-01}\nscale:",
            "has due 2026-07-01, before the reply was asked",
        ),
        ("review.yml", "scale:", "right_of_reply: {received: 2026-07-06}\nscale:", "has received and no text; give the reply in full"),
        (
            "review.yml",
            "text: Paid late twice",
            "audience: provider",
            "has a reflection without words; give planned, happened, why and next",
        ),
        (
            "review.yml",
            "lessons:",
            "agency_ratings: [{area: Payment, rating: poor}]\nlessons:",
            "has the rating 'poor' in Payment; use weak, fair or strong",
        ),
        ("review.yml", "errors: 1", "errors: 20", "has more errors than records"),
        ("deliverables.csv", "invoice,", "bill,", "kind is 'bill'; use report, invoice, decision or referrals (line 3)"),
        (
            "deliverables.csv",
            FILES["deliverables.csv"],
            "kind,period,party,due,amount\ninvoice,2026-03,agency,2026-05-01,-125\n",
            "amount is '-125'; use a number as 12500 or 12500.50, without currency, commas or minus (line 2)",
        ),
        ("actions.csv", "2026-02-01", "2025-02-01", "A1 has due 2025-02-01, before it was agreed on 2026-01-15"),
        (
            "meetings/2026-04-16.yml",
            "due: 2026-06-01",
            "due: 2026-03-01",
            "has the promise M1 due 2026-03-01, before the meeting",
        ),
        ("meetings/2026-04-16.yml", "id: A2", "id: A9", "followed_up.A9 is 'A9'; there is no such action or promise; allowed are"),
        ("meetings/2026-04-16.yml", "party: provider", "party: provder", "promises.0.party is 'provder'; use agency or provider (line"),
        ("meetings/2026-04-16.yml", "topic: enrolment", "topic: housing", "decisions.1.topic is 'housing'; there is no such topic"),
        ("meetings/2026-04-16.yml", "period: 2026-03", "date: 2026-04-17", "date is '2026-04-17', the file is named 2026-04-16"),
        (
            "deliverables.csv",
            "due,done_on\n",
            "due,done_on,accepted_on\n,,,,,\ninvoice,2026-03,agency,2026-05-01,,2026-05-02\n",
            "csv: the row has accepted_on",
        ),
        ("responses.csv", "disagree,Two", "disagre,Two", "responses.csv: reply is 'disagre'; use agree, disagree or check (line 2)"),
        ("responses.csv", "Two are missing,Faltan dos", ",", "has the reply disagree and no text; say what (line 2)"),
        ("spot_checks.csv", "19,2", "19,20", "has more errors than records; count each record once (line 2)"),
        ("spot_checks.csv", "19,2", "19.5,2", "records is 19.5; use a whole number"),
        (
            "voice.yml",
            "event: fg1, title",
            "event: fg2, title",
            "themes.waiting.event is 'fg2'; there is no such event; did you mean 'fg1'?",
        ),
        ("voice.yml", "said_by: 6", "said_by: 12", "themes.waiting.said_by is 12; 9 came to fg1: count each person once"),
        ("voice.yml", "did: A list, ", "", "has told_on and no did; say what people were told"),
        ("voice.yml", "did: A list", "answer_due: 2026-05-01, did: A list", "has answer_due before date; an answer is due after"),
        ("coding.csv", "waiting,true", "wating,true", "coding.csv: theme is 'wating'; there is no such theme in voice.yml; did you mean"),
        (
            "plan.yml",
            "id: who, section: implementation, ",
            "id: who, ",
            "is 'who', which is none of the guide's; give section and question",
        ),
    ],
)
def test_what_is_wrong_is_refused_with_file_and_place(write, file, old, new, message):
    assert old in FILES[file]
    root = write()
    (root / "params" / "harbor" / file).write_text(FILES[file].replace(old, new, 1), encoding="utf-8")
    assert any(message in error for error in errors(root)), errors(root)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "actions.csv",
            "provider,,open,,,",
            "provider,,dropped,,,",
            "followed_up.A2.status is 'done'; by its row or an earlier meeting it was dropped",
        ),
        (
            "actions.csv",
            "provider,,open,,,",
            "provider,,done,2026-02-20,,",
            "followed_up.A2.done_on is 2026-03-01; by its row or an earlier meeting it was",
        ),
        (
            "meetings/2026-04-16.yml",
            "id: A2, status: done, done_on: 2026-03-01",
            "id: A1, status: open",
            "followed_up.A1.status is 'open'; it was done on",
        ),
        (
            "actions.csv",
            "metric,rebase",
            "metric,expected",
            "actions.csv: A1.expected is 'lower'; of enrolled higher is better: use higher",
        ),
        ("meetings/2026-04-16.yml", "period: 2026-03", "period: 2025-03", "date is 2026-04-16, more than a year after the period 2025-03"),
        ("responses.csv", "2026-04-10,2026-04-16", "2027-04-10,2027-04-16", "on is 2027-04-10, more than a year after the period 2026-03"),
        ("deliverables.csv", "2026-04-15,2026-04-20", "2025-04-15,2026-04-20", "due is 2025-04-15, before the period 2026Q1 began"),
        (
            "deliverables.csv",
            "2026-04-15,2026-04-20",
            "2026-04-15,2026-03-20",
            "done_on is 2026-03-20, before the period 2026Q1 was over on 2026-03-31",
        ),
        (
            "deliverables.csv",
            "invoice,2026-03,agency,2026-05-01,",
            "report,2026Q1,provider,2026-04-30,",
            "kind, period, party, what of an earlier one",
        ),
        (
            "spot_checks.csv",
            "90/60,enrolled\n",
            "90/60,enrolled\n2026-05-12,Records,,19,0,Ana,90/60,enrolled\n",
            "a row has the date, metric, period of an earlier one (line 2); keep one of them (line 3)",
        ),
    ],
)
def test_what_contradicts_another_record_is_refused(write, contract_text, file, old, new, message):
    assert old in FILES[file]
    root = write()
    text = FILES[file].replace(old, new, 1)
    if "expected" in new:
        text = text.replace(",enrolled,true", ",enrolled,lower")
    (root / "params" / "harbor" / file).write_text(text, encoding="utf-8")
    found = errors(root, contract=parse_contract("harbor", contract_text))
    assert any(message in error for error in found), found


@pytest.mark.parametrize(("scale", "labels", "satisfactory"), [("federal", 5, 3), ("uk", 4, 4), ("three", 3, 2), ("[weak, fair]", 2, None)])
def test_a_scale_is_a_ready_one_by_its_name_or_the_labels_that_were_agreed(write, scale, labels, satisfactory):
    root = write()
    text = FILES["review.yml"].replace("[weak, fair, strong]", scale).replace("rating: fair", "rating: 2")
    (root / "params/harbor/review.yml").write_text(text, encoding="utf-8")
    review = load_records("harbor", root).review
    assert (len(review.scale), review.satisfactory_place, review.position(review.ratings[0])) == (labels, satisfactory, 2)


def test_the_lowest_rating_stands_on_a_notice_that_was_missed(write):
    root = write()
    text = FILES["review.yml"].replace("rating: fair,", "rating: weak, notice: {sent: 2026-01-05, due: 2026-02-05},")
    (root / "params/harbor/review.yml").write_text(text, encoding="utf-8")
    assert load_records("harbor", root).review.ratings[0].notice.was_missed


def test_a_rating_names_no_evidence_that_its_readers_may_not_see(write, contract_text):
    root = write()
    text = FILES["review.yml"].replace("evidence: [enrolled]", "audience: public, evidence: [A1]")
    (root / "params/harbor/review.yml").write_text(text, encoding="utf-8")
    (found,) = errors(root, contract=parse_contract("harbor", contract_text))
    assert "ratings.Reporting.evidence is 'A1', for the provider edition only; the rating is for the public one; use evidence" in found


@pytest.mark.parametrize("said", ["", "consent: false\n"])
def test_a_quote_without_consent_is_read_and_kept_from_everybody_outside(write, said):
    root = write()
    note = FILES["notes/2026-05.md"].replace("consent: true\n", said)
    (root / "params/harbor/notes/2026-05.md").write_text(note, encoding="utf-8")
    records = load_records("harbor", root)
    assert [len(records_for(records, edition).notes) for edition in ("internal", "provider", "public")] == [1, 0, 0]


def test_a_quote_with_consent_and_everything_else_goes_to_its_audience_and_wider_ones(write):
    records = load_records("harbor", write())
    assert [len(records_for(records, edition).notes) for edition in ("internal", "provider", "public")] == [1, 1, 1]
    assert [len(records_for(records, edition).roadmap) for edition in ("internal", "provider", "public")] == [1, 1, 0]
    assert [len(records_for(records, edition).review.reflections) for edition in ("internal", "provider", "public")] == [1, 0, 0]


#: Every kind of entry that says for whom it was written, and where it stands; what it says when it says nothing.
SAYING = {
    "plan": ("plan.yml", "section: implementation", "section: implementation, audience: {0}"),
    "ratings": ("review.yml", "area: Reporting,", "area: Reporting, audience: {0},"),
    "lessons": ("review.yml", "text: Ask for dates,", "text: Ask for dates, audience: {0},"),
    "spot_checks": ("review.yml", "what: Placements,", "what: Placements, audience: {0},"),
}


@pytest.mark.parametrize(("rated_on", "period", "known"), [
    ("", "2026-05", True), ("", "2026-03", False), ("rated_on: 2026-04-02", "2026-03", True), ("rated_on: 2026-06-20", "2026-05", True),
    ("rated_on: 2026-06-20", "2026-03", False),
])  # fmt: skip
def test_pages_of_an_earlier_period_do_not_know_ratings_of_a_later_day(write, contract_text, rated_on, period, known):
    root = write()
    path = root / "params/harbor/review.yml"
    path.write_text(f"{path.read_text(encoding='utf-8')}{rated_on}\n", encoding="utf-8")
    contract = parse_contract("harbor", contract_text).model_copy(update={"period": "2026-05"})
    found = known_records(
        replace(load_records("harbor", root), meetings=(), calendar=Calendar()), contract, report_period(contract, period)
    )
    assert found.review is not None and bool(found.review.ratings) == known


def test_a_meeting_stands_for_the_planned_day_after_its_period_in_whatever_month_it_was_held():
    agreed = Agreement(title="Jobs", provider="A", agency="B", program="jobs", starts="2025-07-01", ends="2026-06-30")
    contract = Contract.model_construct(contract=agreed, fiscal_year_starts=7)
    late = Meeting.model_validate({"date": "2025-12-02", "period": "2025-10"})
    days = [str(day) for day in meeting_days(Calendar(), contract, [late])]
    assert days[2:6] == ["2025-10-16", "2025-12-02", "2025-12-18", "2026-01-15"], (
        "not on November 20, and the one about November is still to come"
    )
    of = {month: str(meeting_after(parse_period(month).end, Calendar(), contract, [late])) for month in ("2025-10", "2025-11")}
    assert of == {"2025-10": "2025-12-02", "2025-11": "2025-12-18"}


@pytest.mark.parametrize("part", SAYING)
@pytest.mark.parametrize(("audience", "kept"), [("internal", [1, 0, 0]), ("provider", [1, 1, 0]), ("public", [1, 1, 1]), ("", [1, 1, 0])])
def test_plan_ratings_lessons_and_spot_checks_go_to_their_audience_and_wider_ones(write, part, audience, kept):
    root = write()
    file, before, after = SAYING[part]
    if audience:
        path = root / "params/harbor" / file
        path.write_text(path.read_text(encoding="utf-8").replace(before, after.format(audience)), encoding="utf-8")
    records = load_records("harbor", root)
    editions = [records_for(records, edition) for edition in ("internal", "provider", "public")]
    assert [len(one.plan if part == "plan" else getattr(one.review, part)) for one in editions] == kept


def test_errors_of_all_files_come_at_once(write):
    root = write()
    (root / "params/harbor/plan.yml").write_text("questions: 3")
    (root / "params/harbor/roadmap.yml").write_text("topic: 3")
    found = errors(root)
    assert {error.split(":")[0].rpartition("/")[2] for error in found} >= {"plan.yml", "roadmap.yml"}


def test_metrics_and_dimensions_of_records_exist_in_the_contract(write, contract_text):
    contract = parse_contract("harbor", contract_text)
    load_records("harbor", write(), contract=contract)
    root = write()
    (root / "params/harbor/roadmap.yml").write_text(FILES["roadmap.yml"].replace("metric: enrolled", "metric: enroled"), encoding="utf-8")
    (found,) = errors(root, contract=contract)
    assert found.startswith("params/harbor/roadmap.yml: topics.enrolment.metric is 'enroled'; there is no such metric in contract.yml; ")
    assert found.endswith("did you mean 'enrolled'? allowed are placed_6m, enrolled")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "responses.csv",
            "enrolled,",
            "enroled,",
            "figure is 'enroled'; there is no such figure in the pre-read; did you mean 'enrolled'?",
        ),
        ("responses.csv", "2026-03", "2026-13", "responses.csv: period is '2026-13';"),
        ("spot_checks.csv", "enrolled", "enroled", "metric is 'enroled'; there is no such metric in contract.yml"),
        ("review.yml", "for: solicitation", "for: solicitation, metric: enroled", "lessons.1.metric is 'enroled'; there is no such metric"),
        ("review.yml", "[enrolled]", "[enroled]", "evidence is 'enroled'; there is no such metric, action, topic or record; did you mean"),
        ("meetings/2026-04-16.yml", "due: 2026-06-01", "metric: enroled", "promises.M1.metric is 'enroled'; there is no such metric"),
        (
            "meetings/2026-04-16.yml",
            "due: 2026-06-01",
            "evidence: enroled",
            "promises.M1.evidence is 'enroled'; there is no such figure, topic",
        ),
        ("meetings/2026-04-16.yml", "period: 2026-03", "period: 2026-33", "meetings/2026-04-16.yml: period is '2026-33'; use a month as"),
        ("meetings/2026-04-16.yml", "period: 2026-03", "period: 2026-05", "date is 2026-04-16, before the period 2026-05 began"),
        ("responses.csv", "2026-03,", "2036-03,", "period is '2036-03', outside the term; use one from 2024-07-01 to 2026-06-30 (line 2)"),
        ("responses.csv", "2026-04-10", "2026-02-10", "on is 2026-02-10, before the period 2026-03 began; correct one of them (line 2)"),
        ("actions.csv", "done,2026-02-03", "done,2036-02-03", "actions.csv: done_on is 2036-02-03; use a day from 2023-07-01"),
        (
            "deliverables.csv",
            "2026-05-01,\n",
            "2026-05-01,\ninvoice,2026-03,agency,2026-05-01,\n",
            "earlier one (line 3); keep one of them (line 4)",
        ),
        (
            "peers.csv",
            ",placed_6m,",
            ",placed,",
            "peers.csv: metric is 'placed'; there is no such metric of kind proportion in contract.yml; did",
        ),
        ("peers.csv", ",placed_6m,", ",enrolled,", "metric is 'enrolled'; there is no such metric of kind proportion in contract.yml"),
        ("peers.csv", "90,site", "90,sites", "peers.csv: adjusted_by is 'sites'; there is no such dimension in contract.yml"),
        ("peers.csv", "90,site\n", "90,site\nsummit,1,placed_6m,term,41,90,\n", "metric, period of an earlier one (line 2); keep one of"),
        ("deliverables.csv", "report,2026Q1", "report,2026Q7", "deliverables.csv: period is '2026Q7'; use a month"),
        # Days that are typing errors, wherever they stand; things that stand there twice; groups that a standard does not have.
        (
            "plan.yml",
            "and when?'",
            "and when?', answer: All, decided_on: 2099-04-16",
            "plan.yml: questions.who.decided_on is 2099-04-16; use a",
        ),
        ("plan.yml", "questions:", "calendar: {first: 2031-09-12}\nquestions:", "plan.yml: calendar.first is 2031-09-12; use a day from"),
        ("voice.yml", "told_on: 2026-06-01", "told_on: 2066-06-01", "voice.yml: heard.h1.told_on is 2066-06-01; use a day from 2023-07-01"),
        (
            "voice.yml",
            "date: 2026-05-21, said",
            "date: 2026-05-20, said",
            "heard.h1.date is 2026-05-20, before fg1 on 2026-05-21; use the day",
        ),
        (
            "review.yml",
            "for: solicitation}]",
            "for: solicitation}]\nright_of_reply: {asked: 2016-07-06}",
            "right_of_reply.asked is 2016-07-06; use",
        ),
        ("review.yml", "[enrolled]", "[enrolled, enrolled]", "ratings.Reporting.evidence: enrolled is given twice; keep one of them"),
        ("review.yml", "[weak, fair, strong]", "[weak, fair, fair]", "review.yml: scale: fair is given twice; keep one of them"),
        (
            "roadmap.yml",
            "2026-06",
            "2029-06",
            "topics.enrolment.month is 2029-06, outside the term; use a month from 2024-07 to 2026-06, or one in",
        ),
        (
            "roadmap.yml",
            "topics:\n",
            "topics:\n  - {id: again, month: 2026-06, kind: access, title: Again, metric: enrolled, dimension: site}\n",
            "roadmap.yml: topics: 2026-06, access, enrolled by site is given twice; keep one of them",
        ),
        (
            "meetings/2026-04-16.yml",
            "[{name: Ana, party: agency}]",
            "[{name: Ana, party: agency}, {name: Ana, party: provider}]",
            "meetings/2026-04-16.yml: attending.Ana is given twice; keep one of them",
        ),
        (
            "meetings/2026-04-16.yml",
            "done_on: 2026-03-01}",
            "done_on: 2026-03-01}, {id: A2, status: dropped}",
            "followed_up.A2 is given twice; keep one of them",
        ),
        (
            "meetings/2026-04-16.yml",
            "status: done, done_on: 2026-03-01",
            "status: open, due: 2025-01-01",
            "followed_up.A2.due is 2025-01-01, before the meeting; a new day lies after it",
        ),
        ("meetings/2026-04-16.yml", "promises:", "next_meeting: 2033-01-01\npromises:", "next_meeting is 2033-01-01; use a day from"),
        (
            "coding.csv",
            "1,Dana,",
            "2,ana,waiting,true\n1,Dana,",
            "coding.csv: waiting has 3 coders, Ana, ana, Dana; keep two people, each spelt",
        ),
        ("coding.csv", "1,Dana,", "1,Ana,", "a row has the excerpt, coder, theme of an earlier one (line 2); keep one of them (line 3)"),
    ],
)
def test_what_does_not_exist_in_the_contract_is_refused(write, contract_text, file, old, new, message):
    root = write()
    assert old in FILES[file]
    (root / "params/harbor" / file).write_text(FILES[file].replace(old, new, 1), encoding="utf-8")
    found = errors(root, contract=parse_contract("harbor", contract_text))
    assert any(message in error for error in found), found


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("action.csv", "params/harbor/action.csv: is not read; did you mean 'actions.csv'? rename it"),
        ("roadmap.yaml", "params/harbor/roadmap.yaml: is not read; did you mean 'roadmap.yml'?"),
        ("meetings/2026-04-16-second.yml", "meetings/2026-04-16-second.yml: is a second meeting on 2026-04-16, beside"),
        ("notes/2026-05.txt", "notes/2026-05.txt: is not read; notes are files that end in .md"),
        ("meetings/april.yml", "meetings/april.yml: is not the name of a meeting; use its day, as 2026-06-18.yml"),
        ("meetings/2026-02-30.yml", "meetings/2026-02-30.yml: is not the name of a meeting"),
    ],
)
def test_a_file_that_would_be_left_out_in_silence_is_refused(write, file, message):
    root = write()
    for known in ("actions.csv", "roadmap.yml"):
        if file.partition(".")[0] in (known.partition(".")[0], known.partition(".")[0].rstrip("s")):
            (root / "params/harbor" / known).rename(root / "params/harbor" / file)
    if not (root / "params/harbor" / file).exists():
        (root / "params/harbor" / file).write_text("period: 2026-03\n", encoding="utf-8")
    assert any(message in error for error in errors(root)), errors(root)


def test_a_file_of_another_kind_beside_the_contract_is_left_alone(write):
    root = write()
    (root / "params/harbor/README.md").write_text("How we work", encoding="utf-8")
    assert load_records("harbor", root).actions


def test_pages_of_an_earlier_month_do_not_know_what_came_later(write):
    records = records_until(load_records("harbor", write()), dt.date(2026, 2, 2))
    assert [(action.id, action.status) for action in records.actions] == [("A1", "open"), ("A2", "open")]
    assert (records.meetings, records.responses, records.spot_checks, records.notes) == ((), (), (), ())
    assert records.deliverables[0].done_on is None
    before = records_until(load_records("harbor", write()), dt.date(2026, 4, 16))
    assert [action.id for action in before.actions] == ["A1", "A2"]
    assert [one.reply for one in before.responses] == ["disagree"]


def test_what_was_on_the_table_is_done_and_a_promise_that_is_moved_keeps_its_first_day(write):
    root = write()
    roadmap = root / "params/harbor/roadmap.yml"
    roadmap.write_text(FILES["roadmap.yml"].replace("2026-06", "2026-03"), encoding="utf-8")
    meetings = root / "params/harbor/meetings"
    (meetings / "2026-05-20.yml").write_text("shown: [enrolment]\nfollowed_up: [{id: M1, status: open, due: 2026-07-01}]\n")
    (meetings / "2026-06-18.yml").write_text("followed_up: [{id: M1, status: open, due: 2026-08-01}]\n")
    records = load_records("harbor", root)
    days = [(dt.date(2026, 5, 20), "2026-04"), (dt.date(2026, 6, 18), "2026-05"), (dt.date(2026, 7, 16), "2026-06")]
    then = [records_until(records, *day) for day in days]
    assert [one.roadmap[0].status for one in then] == ["ready", "done", "done"], "the meeting of May came after it"
    early = records_until(replace(records, roadmap=(records.roadmap[0].model_copy(update={"month": "2026-08"}),)), days[-1][0], "2026-06")
    assert early.roadmap[0].status == "done", "it was on the table before its month"
    promised = [next(one for one in known.actions if one.id == "M1") for known in then]
    first = dt.date(2026, 6, 1)
    assert [(one.first_due, str(one.due)) for one in promised] == [(None, "2026-06-01"), (first, "2026-07-01"), (first, "2026-08-01")]
    (meetings / "2026-06-18.yml").unlink()
    (meetings / "2026-05-25.yml").write_text("followed_up: [{id: M1, status: open, due: 2026-06-01}]\n")
    back = next(one for one in load_records("harbor", root).actions if one.id == "M1")
    assert (back.first_due, back.due) == (None, first), "moved back to its first day, it is not moved"


def test_pages_of_an_earlier_month_do_not_know_what_was_decided_answered_or_put_off_later(write):
    root = write()
    for file, old, new in (
        ("plan.yml", "and when?'", "and when?', answer: Both, decided_on: 2026-05-21"),
        ("roadmap.yml", "metric: enrolled,", "metric: enrolled, status: done,"),
        ("meetings/2026-04-16.yml", "status: done, done_on: 2026-03-01", "status: open, due: 2026-05-01"),
        (
            "review.yml",
            "reflections:",
            "right_of_reply: {asked: 2026-05-04, due: 2026-06-01, received: 2026-05-20, text: We agree}\nreflections:",
        ),
    ):
        path = root / "params/harbor" / file
        path.write_text(FILES[file].replace(old, new), encoding="utf-8")
    (root / "params/harbor/meetings/2026-05-20.yml").write_text("followed_up: [{id: A2, status: dropped}]\n", encoding="utf-8")
    records = load_records("harbor", root)
    days = [dt.date(2026, 4, 16), dt.date(2026, 5, 10), dt.date(2026, 5, 25), dt.date(2026, 7, 16)]
    then = [records_until(records, day, f"{day.replace(day=1) - dt.timedelta(days=1):%Y-%m}") for day in days]
    assert [(one.actions[1].status, str(one.actions[1].due)) for one in then] == [
        ("open", "None"), ("open", "2026-05-01"), ("dropped", "2026-05-01"), ("dropped", "2026-05-01"),
    ]  # fmt: skip
    assert [str(one.actions[1].first_due) for one in then] == ["None"] * 4, "no day was promised for it at first"
    assert [one.plan[0].answer is None for one in then] == [True, True, False, False]
    assert [one.roadmap[0].status for one in then] == ["ready", "ready", "ready", "ready"], "the topic of June is done after June's meeting"
    assert records_until(records, dt.date(2026, 8, 20), "2026-07").roadmap[0].status == "done"
    assert [len(one.review.spot_checks) for one in then] == [0, 1, 1, 1]
    replies = [one.review.right_of_reply for one in then]
    assert [one and (one.received, one.text) for one in replies[:2]] == [None, (None, None)] and str(replies[2].text) == "We agree"
    assert [[(str(one.did), one.told_on) for one in known.voices.heard] for known in then[2:]] == [
        [("None", None)], [("A list", dt.date(2026, 6, 1))],
    ]  # fmt: skip


def test_pages_of_an_earlier_period_without_a_meeting_know_what_was_written_in_the_month_after_it(write, contract_text):
    root = write()
    for meeting in (root / "params/harbor/meetings").iterdir():
        meeting.unlink()
    contract = parse_contract("harbor", contract_text)
    records = load_records("harbor", root)
    assert known_records(records, contract, report_period(contract)) == records, "the newest pages know all"
    then = known_records(records, contract, report_period(contract, "2025-12"))
    assert [(one.id, one.status) for one in then.actions] == [("A1", "open"), ("A2", "open")] and not then.notes
    ahead = contract.contract.model_copy(update={"next_meeting": contract.contract.ends})
    named = contract.model_copy(update={"contract": ahead, "period": "2026-03"})
    assert known_records(records, named, report_period(named, "2025-12")) == then, "the next meeting is not about an earlier period"
    assert meeting_of(records, named, report_period(named)) == ahead.next_meeting


def test_who_was_in_the_room_and_what_was_disputed_is_for_the_two_parties(write):
    records = load_records("harbor", write())
    by_edition = [records_for(records, edition) for edition in ("internal", "provider", "public")]
    assert [len(one.meetings[0].attending) for one in by_edition] == [1, 1, 0]
    assert [len(one.responses) for one in by_edition] == [1, 1, 0]
    assert [len(one.meetings[0].decisions) for one in by_edition] == [1, 1, 0]
    assert [len(one.voices.events) for one in by_edition] == [1, 1, 0]


def test_records_of_every_sample_contract_load(repository):
    for contract_id in contract_ids(repository):
        load_records(contract_id, repository, contract=load_contract(contract_id, root=repository))


def test_what_was_shown_in_a_meeting_is_a_page_a_topic_or_a_figure(write, contract_text):
    root = write()
    (root / "notebooks").mkdir()
    (root / "notebooks/dashboard.ipynb").write_text("{}", encoding="utf-8")
    path, contract = root / "params/harbor/meetings/2026-04-16.yml", parse_contract("harbor", contract_text)
    path.write_text(FILES["meetings/2026-04-16.yml"] + "shown: [dashboard, deep_dive-enrolment, enrolled.site]\n", encoding="utf-8")
    assert load_records("harbor", root, contract=contract).meetings[0].shown == ("dashboard", "deep_dive-enrolment", "enrolled.site")
    path.write_text(FILES["meetings/2026-04-16.yml"] + "shown: [dashbord]\n", encoding="utf-8")
    (found,) = errors(root, contract=contract)
    assert found.startswith(
        "params/harbor/meetings/2026-04-16.yml: shown is 'dashbord'; there is no such page, topic or figure; did you mean"
    )


def test_groups_of_a_standard_are_named_as_it_names_them(write, contract_text):
    root = write()
    race = contract_text.replace("dimensions:\n", "dimensions:\n  race_ethnicity: {column: race, standard: omb-2024}\n", 1)
    contract = parse_contract("harbor", race)
    themes = FILES["voice.yml"].replace("said_by: 6", "said_by: 6, by_group: {race_ethnicity: {Blak: 2}}")
    (root / "params/harbor/voice.yml").write_text(themes, encoding="utf-8")
    (found,) = errors(root, contract=contract)
    assert "themes.waiting.by_group.race_ethnicity is 'Blak'; there is no such group in omb-2024; allowed are" in found


def test_a_form_put_below_another_and_one_saved_with_semicolons_are_read(tmp_path):
    head = "period,figure,title,reply,text,by,on"
    first = f"{head},settled_on,settled\n2026-05,placed_6m,Jobs,agree,,Dana,2026-06-10,,\n"
    again = f"{head}\n2026-06,placed_6m,Jobs,disagree,Two are missing,Dana,2026-07-10\n2026-06,enrolled_30d,Enrolled,,,,\n"
    for text in (first + again, (first + again).replace(",", ";")):
        (tmp_path / "responses.csv").write_text(text)
        found = _csv(tmp_path / "responses.csv", "responses.csv", Response, [], ("period", "figure", "title"))
        assert [(one.period, one.reply) for one in found] == [("2026-05", "agree"), ("2026-06", "disagree")]


def test_what_was_promised_in_a_meeting_is_evidence_of_a_rating(repository):
    contract = load_contract("harbor-youth-jobs", root=repository)
    records = load_records("harbor-youth-jobs", repository, contract=contract)
    promised = next(one.id for meeting in records.meetings for one in meeting.promises)
    rating = {"area": "Results", "rating": 2, "evidence": [promised], "text": "Kept", "audience": "provider"}
    review = Review(scale="three", ratings=[rating])
    given = replace(records, review=review, actions=records.rows or ())
    assert not [one for one in contradictions(given, "params/harbor", contract, {}, ()) if "evidence" in one]


def test_the_newest_report_has_a_review_that_was_written_after_its_meeting(repository):
    """Ratings follow the meeting about the last figures; an earlier period does not know them."""
    contract = load_contract("harbor-youth-jobs", root=repository)
    rating = {"area": "Results", "rating": 2, "evidence": ["placed_6m"], "text": "Kept"}
    review = Review(scale="three", ratings=[rating], rated_on="2026-12-01", right_of_reply={"asked": "2026-12-02", "due": "2026-12-20"})
    records = replace(load_records(contract.id, repository, contract=contract), review=review)
    newest, before = (known_records(records, contract, report_period(contract, text)).review for text in (None, "2026-05"))
    assert newest.ratings and newest.right_of_reply is not None
    assert not before.ratings and before.right_of_reply is None


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "responses.csv",
            "period,figure,title,reply,text,by,on\n2026-05,placed_6m,Jobs,,Wrong,,\n",
            "reply is missing; give one of agree, disagree, check",
        ),
        ("plan.yml", "calendar: {time: 2pm}\n", "calendar.time is '2pm'; use a time as 14:30, in quotes"),
        ("roadmap.yml", "topics: [{id: a, month: May 2026, kind: access, title: A}]\n", "month is 'May 2026'; use a month as 2026-05"),
        (
            "meetings/2026-05-21.yml",
            'decisions: [{what: "We ...", by: Ana}]\n',
            "has 'We ...' of the form in decisions; write what was said",
        ),
        ("meetings", "x", "meetings: is a file and must be a folder"),
    ],
)
def test_what_a_hurried_analyst_leaves_is_said_with_what_is_allowed(tmp_path, repository, file, text, said):
    folder = tmp_path / "params" / "harbor-youth-jobs"
    (folder / file).parent.mkdir(parents=True)
    (folder / file).write_text(text)
    contract = load_contract("harbor-youth-jobs", root=repository)
    with pytest.raises(ContractError, match=re.escape(said)):
        load_records("harbor-youth-jobs", tmp_path, contract=contract)


HEADS = "period,figure,reply,text,by,on\n2026-02,enrolled,agree,,Dana,2026-03-10\n"
FORM = "period,figure,title,reply,text,by,on\n"
REPLY = "2026-03,enrolled,Enrolled,disagree,Two are missing,Dana,2026-04-10\n"


def test_a_form_that_stands_below_another_has_columns_of_its_own(write):
    """The form of a handout has a title, the file of the months before may have Spanish: each row is read under its own head."""
    first, second = load_records("harbor", write_only(write, "responses.csv", HEADS + FORM + REPLY)).responses
    assert (first.title, str(second.title), second.reply, str(second.text)) == (None, "Enrolled", "disagree", "Two are missing")


def write_only(write, name, text):
    root = write()
    (root / "params" / "harbor" / name).write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("text", [HEADS + REPLY.replace(",", ";"), HEADS.replace(",", ";") + REPLY, HEADS + REPLY.replace(",", "\t")])
def test_a_reply_with_other_separators_than_the_rows_above_is_not_left_out_in_silence(write, text):
    (message,) = errors(write_only(write, "responses.csv", text))
    assert message == "params/harbor/responses.csv: has other separators than the first line; save all rows with the same (line 3)"


def test_blank_columns_that_a_spreadsheet_adds_are_no_columns(write):
    text = "\ufeff" + HEADS.replace(",", ";").replace("\n", ";;;\r\n") + ";;;;;;;;\r\n"
    (reply,) = load_records("harbor", write_only(write, "responses.csv", text)).responses
    assert reply.reply == "agree"


def test_a_text_without_quotes_is_not_cut_at_a_number_sign(write):
    text = "decisions:\n  - what: Use form #12 in future\n    by: Ana  # she knows it\n"
    (message,) = errors(write_only(write, "meetings/2026-05-21.yml", text))
    assert message.endswith("'Use form' ends before '#12', which begins a comment; put the text in quotes, or a space after the # (line 2)")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("followed_up: [{id: M1, status: done, done_on: 2026-05-20, due: 2026-06-20}]", "has a new due and status done; use status open"),
        ("followed_up: [{id: M1, status: dropped, due: 2026-06-20}]", "has a new due and status dropped; use status open"),
        ("decisions: [{what: {en: We meet, es: ...}}]", "has '...' of the form in decisions"),
    ],
)
def test_what_a_hurried_analyst_leaves_in_a_meeting(write, text, told):
    (message,) = errors(write_only(write, "meetings/2026-05-21.yml", text))
    assert told in message


def test_a_decision_lies_before_the_notice(write):
    text = "calendar: {decision: 90, notice: 120}\n"
    (message,) = errors(write_only(write, "plan.yml", text))
    assert "calendar has a decision after the notice; decide on the next award before notice must be given" in message


def test_the_form_of_the_next_meeting_keeps_who_came_in_which_role(write):
    from acmlib.contract.forms import meeting_form

    text = 'attending: [{name: Ana, party: agency, role: {en: "manager, youth", es: gestora}}, {name: Dana, party: provider, role: lead}]\n'
    root = write_only(write, "meetings/2026-05-21.yml", text)
    records, contract = load_records("harbor", root), load_contract("harbor-youth-jobs")
    root = write_only(write, "meetings/2026-06-18.yml", meeting_form(contract, records, dt.date(2026, 6, 18), period="2026-05"))
    before, after = load_records("harbor", root).meetings[-2:]
    assert before.attending == after.attending


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Send the file.", "Send the file"),
        ("Call by 5 p.m.", "Call by 5 p.m."),
        ("Ask the U.S. office.", "Ask the U.S. office"),
        ("Wait...", "Wait..."),
    ],
)
def test_a_promise_is_put_into_sentences_without_its_full_stop(written: str, read: str) -> None:
    """Else pages say *One promise is overdue: Send the file..*"""
    given = {"id": "a", "agreed_on": "2026-01-01", "owner": "Dana Cole", "party": "agency", "status": "open"}
    assert str(Action.model_validate({**given, "what": {"en": written, "es": written}}).what) == read
