"""A small contract to break in one place at a time."""

import pytest

CONTRACT = """\
contract:
  title: Harbor Youth Jobs
  provider: Harbor Works
  agency: Department of Human Services
  program: youth-employment
  starts: 2024-07-01
  ends: 2026-06-30
tables:
  participants:
    source: data/harbor/participants.csv
    id: participant_id
dimensions:
  site: {column: site}
  age: {column: age, bands: [14, 16, 18]}
metrics:
  placed_6m:
    title: Placed in a job within 6 months
    kind: proportion
    of: exited_on is not null
    that: placed_on <= exited_on + interval 183 day
    date: exited_on
    window: 183 days
    better: higher
    target: [{value: 0.40, from: 2024-07-01}]
  enrolled: {title: Enrolled, kind: count, date: enrolled_on}
"""


@pytest.fixture
def contract_text() -> str:
    return CONTRACT


@pytest.fixture
def errors():
    """Return the errors that a contract text is refused with, after replacing some of it."""
    from acmlib.contract.errors import ContractError
    from acmlib.contract.load import parse_contract

    def refused(*changes: tuple[str, str], text: str = CONTRACT) -> tuple[str, ...]:
        for old, new in changes:
            assert old in text, f"the contract has no {old!r}"
            text = text.replace(old, new, 1)
        with pytest.raises(ContractError) as caught:
            parse_contract("harbor", text)
        return caught.value.errors

    return refused
