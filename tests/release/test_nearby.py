"""Small programs, and counts found without any, say nothing that the program of the whole block would not say."""

import itertools

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import sparse

from acmlib.release.exchanges import exchanges, swaps
from acmlib.release.merged import Rough, merged
from acmlib.release.nearby import Nearby
from acmlib.release.reader import Block, Reader


@st.composite
def blocks(draw) -> Block:
    """People of a few groups and months, and who of them did it; a year of each group is shown: all, who did, who did not."""
    groups, months = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    people = np.array(draw(st.lists(st.integers(0, 6), min_size=groups * months, max_size=groups * months))).reshape(groups, months)
    did = np.array([[draw(st.integers(0, int(one))) for one in row] for row in people])
    size, of = groups * months, np.arange(groups * months).reshape(groups, months)
    both = np.eye(2 * size)
    rest = both[:size] - both[size:]
    equations = [both[of[:, month] + size * whom].sum(axis=0) for month in range(months) for whom in (0, 1)]
    rows = np.array([one[of[group]].sum(axis=0) for group in range(groups) for one in (both[:size], both[size:], rest)])
    counts = rows @ np.concatenate([people.ravel(), did.ravel()])
    some = counts >= 1  # a hidden group is known to hold somebody
    return Block(
        least=-np.concatenate([people.ravel(), did.ravel()]).astype(float),
        equations=sparse.csr_array(np.array(equations)),
        limits=sparse.csr_array(np.vstack([rest, rows[some]])),
        spare=np.concatenate([(people - did).ravel(), counts[some] - 1]).astype(float),
        rows=sparse.csr_array(rows),
        cell=np.arange(len(rows)),
        row=np.arange(len(rows)),
        given=np.array(draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))),
        groups=np.stack([of, of + size], axis=1),
        of=np.array([whole.ravel() for whole in np.indices((2, groups, months))]),
    )


@given(blocks(), st.data())
def test_what_moves_between_a_few_groups_moves_in_the_whole_block(block: Block, data):
    near, reader = Nearby(block), Reader(block)
    known = block.given | np.array(data.draw(st.lists(st.booleans(), min_size=len(block.given), max_size=len(block.given))))
    group = data.draw(st.integers(0, int(near.group.max())))
    rows = np.flatnonzero((near.group == group) & ~known)
    few = near.few(known, group, rows, data.draw(st.integers(0, 4)))
    for row, far in itertools.product(rows.tolist(), (-4.0, -1.0, 1.0, 4.0)):
        moved = few.move(row, far)
        if moved is not None:
            assert np.abs(moved[known]).max(initial=0.0) < 1e-6
            for other in range(len(moved)):
                assert reader.reach(known, other, round(moved[other], 9)) is not None


@given(blocks(), st.floats(-8, 8))
def test_what_a_groups_own_limits_forbid_cannot_be_in_the_whole_block(block: Block, move: float):
    near, reader = Nearby(block), Reader(block)
    for row in range(block.rows.shape[0]):
        assert not (near.cannot(row, move) and reader.could_reach(row, move))


def test_most_that_cannot_be_is_seen_in_the_group_alone():
    """Four of a group did it and one did not; somebody of each is known to be there: who did cannot fall by four."""
    rows = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [1, 0, -1, 0]])
    block = Block(
        least=np.array([-5.0, -9.0, -4.0, -3.0]),
        equations=sparse.csr_array(np.array([[1.0, 1, 0, 0], [0, 0, 1, 1]])),
        limits=sparse.csr_array(rows),
        spare=np.array([4.0, 3.0, 0.0]),
        rows=sparse.csr_array(rows),
        cell=np.arange(3),
        row=np.arange(3),
        given=np.zeros(3, dtype=bool),
        groups=np.array([[[0], [2]], [[1], [3]]]),
    )
    near = Nearby(block)
    assert [near.cannot(1, move) for move in (-4.0, -3.0)] == [True, False]


@given(blocks(), st.data())
def test_people_who_are_of_another_group_leave_what_a_reader_sees_as_it_is(block: Block, data):
    known = block.given | np.array(data.draw(st.lists(st.booleans(), min_size=len(block.given), max_size=len(block.given))))
    reader = Reader(block)
    for kind in (exchanges, swaps):
        for moved in kind(block, known):
            assert np.abs(moved[known]).max(initial=0.0) < 1e-6
            for row in range(len(moved)):
                assert reader.reach(known, row, round(moved[row], 9)) is not None


def test_who_was_placed_in_one_group_was_not_and_as_many_in_others_were():
    """Two groups of two months; readers see how many there are of each, and how many were placed of all in each month."""
    people, placed = np.array([[5.0, 4], [6, 3]]), np.array([[2.0, 1], [3, 2]])
    zero, one = np.zeros((2, 2)), np.eye(2)
    rows = np.array([[1.0, 1, 0, 0, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0, 1, 1]])
    block = Block(
        least=-np.concatenate([people.ravel(), placed.ravel()]),
        equations=sparse.csr_array(np.block([[one, one, zero, zero], [zero, zero, one, one]])),
        limits=sparse.csr_array(np.hstack([np.eye(4), -np.eye(4)])),
        spare=(people - placed).ravel(),
        rows=sparse.csr_array(rows),
        cell=np.arange(4),
        row=np.arange(4),
        given=np.zeros(4, dtype=bool),
        groups=np.array([[[0, 1], [4, 5]], [[2, 3], [6, 7]]]),
    )
    found = np.array(list(swaps(block, np.array([True, True, False, False]))))
    assert found[:, :2].tolist() == np.zeros((len(found), 2)).tolist()
    # Of the first group 3 more in each month could have been placed, of the second 3 fewer in the first and 2 in the second month.
    assert (found[:, 2].max(), found[:, 2].min()) == (5.0, -3.0)
    assert (found[:, 3].max(), found[:, 3].min()) == (3.0, -5.0)


@given(blocks(), st.data())
def test_what_cannot_be_with_months_merged_cannot_be_month_by_month(block: Block, data):
    smaller = merged(block)
    assume(smaller is not None)
    rough, reader = Rough(smaller), Reader(block)
    known = block.given | np.array(data.draw(st.lists(st.booleans(), min_size=len(block.given), max_size=len(block.given))))
    for row, far in itertools.product(np.flatnonzero(~known).tolist(), (-4.0, -1.0, 1.0, 4.0)):
        if rough.taking_part(known, row, far) is None:
            assert reader.reach(known, row, far) is None


def test_months_are_merged_that_no_cell_tells_apart():
    """Of 24 months two years are left, as cells show each year and both; with one month shown it stays on its own."""
    one, months = np.ones(24), np.arange(24)
    years = np.array([months < 12, months >= 12, months >= 0], dtype=float)
    for rows, left in ((years, 2), (np.vstack([years, months == 3]), 3)):
        block = Block(
            least=-np.concatenate([2 * one, 3 * one]),
            equations=sparse.csr_array(np.hstack([np.eye(24), np.eye(24)])),
            limits=sparse.csr_array((0, 48)),
            spare=np.zeros(0),
            rows=sparse.csr_array(np.hstack([rows, 0 * rows])),
            cell=np.arange(len(rows)),
            row=np.arange(len(rows)),
            given=np.zeros(len(rows), dtype=bool),
            of=np.array([whole.ravel() for whole in np.indices((1, 2, 24))]).reshape(3, 48),
        )
        smaller = merged(block)
        assert smaller is not None
        assert smaller.block.rows.shape[1] == 2 * left
        assert smaller.block.least.sum() == block.least.sum()
        assert smaller.block.equations.shape[0] == left
