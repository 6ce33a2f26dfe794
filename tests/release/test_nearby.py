"""Small programs say nothing that the program of the whole block would not say."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from acmlib.release.nearby import Nearby
from acmlib.release.reader import Block, Reader


@st.composite
def blocks(draw) -> Block:
    """People of a few groups and months, and who of them did it; a year of each group is shown: all, who did, who did not."""
    groups, months = draw(st.integers(1, 4)), draw(st.integers(1, 3))
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
