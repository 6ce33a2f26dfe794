"""What names and values of columns mean: patterns by which a new contract guesses what a column is for."""

from __future__ import annotations

import re

#: A column with fewer filled cells than this share of rows splits nobody.
FILLED = 0.4
#: Of fewer rows it is not said that nearly each has its own value.
FEW_ROWS = 20
#: Of a file with more columns of many different numbers a row is no person: they are counts of people.
MOST_NUMBERS = 8

ID = re.compile(
    r"(^|_)(id|[a-z]{3,8}(?<!pa)(?<!vo)(?<!va)id|p?uid|pid|identifier|personal_?id|client_?no|number|no|nr|key|code"
    r"|work_?order|ticket)$|^(id|num(ero)?|nr)_"
)
PEOPLE = (
    r"person|personal|client|student|participant|member|child|patient|youth|learner|resident|individual|customer|tenant|applicant|data"
    r"|respondent|defendant|apprentice|rider|passenger|inmate|veteran|case|head|hoh|cliente|participante|estudiante|paciente|caso"
)
PERSON = re.compile(rf"(^|_)({PEOPLE})s?_?(id|uid|identifier|number|no|key|code)$|^id(_({PEOPLE}))?$|^id_")
#: A name that says who, and nothing more: an id where it has many values.
PERSON_ALONE = re.compile(r"^(client|student|participant|patient|child|youth|member|resident|tenant|applicant|case|caso|cliente)$")
#: An identifier that names the people themselves; and one that several people may share.
NAMES_PERSON = re.compile(
    r"(^|_)(child|student|participant|youth|patient|person|personal|individual|member|resident|learner)s?_?(id|no|number|key|code)$"
)
GROUP_OF_PEOPLE = re.compile(r"case|head|hoh|applicant|client|parent")
#: Whom several people belong to; and what names people where nothing else does.
HOUSEHOLD = re.compile(r"(^|_)(household|hh|family|case_?hh)_?(id|number|no|key|code)?$")
OTHER_PERSON = re.compile(r"(^|_)(sid|ssid|mrn)$|^e_?mail(_address)?$")
BIRTH = re.compile(r"birth(?!_(type|weight|outcome|place|order|country))|nacimiento|(?<!foreign_)(?<!us_)(?<!native_)born|(^|_)dob($|_)")
AGE = re.compile(r"(^|_)(age|edad)($|_)")
#: What a database notes about a row, and nobody is split or served by.
AUDIT = re.compile(
    r"(^|_)(user|users|created|updated?|modified|deleted|edited|inserted|loaded|exports?|exported|version"
    r"|entered_by|last|status_date|as_of)(_|$)"
)
#: When a row was written down: an entry only where no other date is known of every row.
CREATED = re.compile(r"(^|_)(created|opened)(_|$)")
#: What names of code lists, and of columns of codes, say beside what the codes are of.
OF_LISTS = frozenset({"code", "codes", "list", "lists", "lookup", "lookups", "label", "labels", "value", "values", "key", "keys", "id"})
#: Who did the work, which is no group of those who were served.
STAFF = re.compile(
    r"(^|_)(case_?manager|manager|worker|staff|coach|tutor|teacher|counselor|caseworker|advisor|mentor|officer"
    r"|attorney|investigator|inspector"
    r"|visitor|nurse|navigator|interpreter|assigned(_to)?|assignee|agent|(case|record|account)_?owner)(_name)?$"
)
#: What came of somebody: to compare its groups would compare those who finished with those who did not.
STATE = re.compile(
    r"(^|_)(status|outcomes?|results?|resultado|resolution|disposition|destination|decision|determination"
    r"|housing_at_exit|completion|estado|situacion)(_|$)"
)
PRIVATE = re.compile(
    rf"^name$|(^|_)({PEOPLE}|first|last|middle|full|sur|parent|guardian|mother|father|contact|caller|worker|staff)_?name$|surname"
    r"|phone|e_?mail|address|street(?!_light)|(^|_)ssn|(^|_)zip|postcode|^lat(itude)?$|^long?(gitude)?$|^lng$"
)
TEXT = re.compile(r"note|comment|remark|description|narrative|details")

#: Parts of the name of a date that say nothing of the event.
GENERAL = re.compile(r"(^|_)(date|time|datetime|dttm|timestamp|dt|on|at)(?=_|$)")
DUE = re.compile(r"(^|_)(due|edd|deadline|expected|planned|promised|sched(uled)?|target_date|sla|expir(es|ation|y)|valid_until)(_|$)")
DONE = re.compile(
    r"(^|_)(closed?|resolved|completed|finished|answered|responded|fulfilled|act(ual)?|arrived|delivered|decision|decided"
    r"|determination|connected|cleared|on_scene|cierre|cerrado|cumplid[ao]|terminad[ao])(_|$)"
)
LEFT = re.compile(
    r"exit|salida|egreso|withdr|(^|_)left(_|$)|leav|discharg|terminat|unregist|dropp?ed|separat|^end(ed)?(_|$)|_end(ed)?$|end_(date|on)$"
)
STRONG = re.compile(
    r"enrol|entry|entered|intake|admit|admission|start|beg[aiu]n|joined|registr|registered|onboard|ingreso|inscripcion|inicio"
)
WEAK = re.compile(
    r"refer|open|creat|request|receiv|reported|submitted|call|appl|session|visit|service|contact|attend|^date|event"
    r"|activity|remision|solicitud|llamada|apertura|visita"
)

PEOPLE_GROUP = re.compile(
    r"race|ethnic|hispanic|latin|gender|(^|_)sex($|_)|language|(^|_)ell?($|_)|(^|_)el_|(^|_)lep($|_)|(^|_)iep|sped|disab|veteran|marital|"
    r"marr|degree|educ|grade|lunch|frl|income_band|poverty|depriv|imd|homeless|foster|immigra|citizen|nativity|orientation|(^|_)age|"
    r"first_gen|_at_(entry|intake|enrol\w*|admission|arraignment|referral)$|(^|_)vet($|_)|low_income|parent"
    r"|family_type|household_type|tribe|black|hisp($|_)|white|asian|raza|etni[ac]|(^|_)(genero|sexo|edad|idioma)($|_)|discapac"
)
PLACE = re.compile(
    r"borough|district|ward|neighbou?rhood|tract|county|(^|_)city($|_)|community|region|precinct|(^|_)area|zone|(^"
    r"|_)state$|town|village|(^|_)zip(_?code)?$|barrio|condado|distrito|municipio|codigo_postal"
)
SITE = re.compile(
    r"(^|_)site|school|location|office|cent(er|re)($|_)|clinic|branch|shelter|facility|campus|library|(^|_)house$"
    r"|escuela|(^|_)sede($|_)|centro"
)
REASON = re.compile(r"reason|motivo|razon($|_)")
#: Of a file with a row for each change of somebody's status: its name, and the name of its date.
CHANGES = re.compile(r"history|status|phases?|stages?|changes?|updates?|effective")
#: What is counted each time it happens: of a list of these the newest row alone would leave out all others.
EVENTS = re.compile(r"visit|session|service|attend|appointment|contact|call|class|lesson|encounter|(^|_)log($|_)")
SERVICE = re.compile(r"service|type|category|subject|topic|channel|modality|method|track|course|module|presentation|descriptor|complaint|"
                      r"agency|department|provider|program|cohort|team|level|phase|treat")  # fmt: skip

#: Who got the service and who was compared with them; numbers that measure and divide nobody.
ARM, MEASURED = (
    re.compile(r"^treat(ed|ment)?$|(^|_)(arm|control)$"),
    re.compile(r"length|days|hours|minutes|count|number|total|score|_n$"),
)

#: Answers that say so, and say the opposite.
YES, NO = frozenset({"y", "yes", "t", "true", "si", "sí"}), frozenset({"n", "no", "f", "false"})
#: What a box holds that was ticked, where it is blank otherwise.
TICKS = frozenset({"x", "✓", "✔", "y", "yes", "1", "true", "sí"})
#: Answers that leave open which of the two it is.
UNKNOWN = re.compile(
    r"^(n/?a|na|unk|u|dk|\?)$|unknown|unable|not (asked|recorded|reported|known|sure|applicable|reached|collected)"
    r"|no (contact|answer|response|data)"
    r"|declined|refused|prefer not|don'?t know|missing|pending|could not|lost to",
    re.IGNORECASE,
)
PRESENT = frozenset({"p", "present", "attended", "show", "yes"})
ABSENT = frozenset({"a", "absent", "no show", "no-show", "missed", "e", "excused", "u", "unexcused"})
#: Numbers that questionnaires use for silence, and what they mean.
SILENT = {"7": "Declined", "77": "Declined", "97": "Declined", "8": "Don't know", "88": "Don't know", "98": "Don't know", "9": "Declined",
          "99": "Not asked", "-1": "Not recorded", "-8": "Don't know", "-9": "Declined", "-99": "Not asked", "999": "Not asked",
          }  # fmt: skip
SCALE = re.compile(r"satisf|rating|rate$|scale|likert|helpful|agree|recommend|trust|stress|confiden|(^|_)q\d+|happy|well_?being|_1_\d+$")
MONEY = re.compile(r"wage|salary|earning|income(?!_band)|amount|cost|pay(ment)?($|_)|rent($|_)|spend|subsidy|^re\d\d$")
#: Of rows that are events, how many came or what was given out.
GIVEN = re.compile(
    r"(^|_)(attend(ed|ance|ees)|participants|registered|registrations|people|persons|individuals|households|families|guests|served|pounds"
    r"|doses|tests|items)(_served|_count|_total)?$"
)
#: To come back to what somebody had left, which nobody wishes for; to work, to school or home everybody does.
RETURNED = re.compile(r"return(ed)?_to_(?!work|school|class|home(_|$)|educ|employ|learn)|recidiv|reoffen|rearrest|readmi|rehospital|relaps")
SCORE = re.compile(r"(^|_)(score|points|index)(_|$)")
TIME_SPENT = re.compile(r"(^|_)(minutes|hours|duration|sessions|visits|meals|nights|units)(_|$)")
BEFORE, AFTER = (
    re.compile(r"^(pre|before|baseline|fall|initial|entry|start|first)_|_(pre|before|baseline|at_entry|(at_)?start)$"),
    re.compile(r"^(post|after|final|spring|exit|end|last)_|_(post|after|final|at_exit|(at_)?end)$"),
)
