"""Any best set of pairs among those listed; other solvers have the same door."""

from collections.abc import Callable
from importlib import import_module

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from lti_mentor.matching.problem import Edges, Ints


def by_scipy(edges: Edges, learners: int, rooms: Ints, bonus: int) -> Ints:
    """Return for each learner a column; the last one stands for nobody.

    The scarcer side makes the rows, which is several times faster, and every row has
    a column of its own to fall back to, so that a full matching always exists.

    Args:
        edges: Allowed pairs.
        learners: How many, those without a pair included.
        rooms: Places of each mentor; as many as learners at most.
        bonus: What a pair is worth beside its score.
    """
    rooms = np.minimum(rooms, np.bincount(edges.mentor, minlength=len(rooms)))
    first = np.append(0, np.cumsum(rooms))
    waiting, queue = np.unique(edges.learner, return_inverse=True)
    copies = rooms[edges.mentor]
    nth = np.arange(copies.sum()) - np.repeat(np.cumsum(copies) - copies, copies)
    slot = np.repeat(first[edges.mentor], copies) + nth
    learner = np.repeat(queue, copies)
    worth = np.repeat(edges.score.astype(np.float64) + bonus, copies)
    if len(waiting) <= first[-1]:
        row, column = _match(learner, slot, worth, (len(waiting), int(first[-1])))
    else:
        column, row = _match(slot, learner, worth, (int(first[-1]), len(waiting)))
    at = np.full(learners, len(rooms), dtype=np.int64)
    at[waiting[row]] = np.searchsorted(first, column, side="right") - 1
    return at


def _match(
    row: Ints, column: Ints, worth: np.ndarray, shape: tuple[int, int]
) -> tuple[Ints, Ints]:
    rows, columns = shape
    if not rows:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    own = np.arange(rows)
    # Costs start at 1: a sparse matrix forgets zeros.
    top = worth.max(initial=0) + 1
    cost = np.append(top - worth, np.full(rows, top))
    at = np.append(row, own), np.append(column, columns + own)
    graph = csr_array((cost, at), shape=(rows, columns + rows))
    taken, seat = min_weight_full_bipartite_matching(graph)
    is_real = seat < columns
    return taken[is_real].astype(np.int64), seat[is_real].astype(np.int64)


Backend = Callable[[Edges, int, Ints, int], Ints]


def by_ortools(edges: Edges, learners: int, rooms: Ints, bonus: int) -> Ints:
    """Return the same by a network flow; several times faster where supply is tight."""
    flow = import_module("ortools.graph.python.min_cost_flow").SimpleMinCostFlow()
    mentors = len(rooms)
    nobody, drain = learners + mentors, learners + mentors + 1
    everybody = np.arange(learners)
    places = learners + np.arange(mentors)
    aside = np.full(learners, nobody)
    start = np.concatenate([edges.learner, everybody, places, np.array([nobody])])
    end = np.concatenate([learners + edges.mentor, aside, np.full(mentors + 1, drain)])
    ones = np.ones(len(edges.learner) + learners, dtype=np.int64)
    room = np.concatenate([ones, rooms, np.array([learners])])
    cost = np.zeros(len(edges.learner) + learners + mentors + 1, dtype=np.int64)
    cost[: len(edges.learner)] = -(edges.score.astype(np.int64) + bonus)
    flow.add_arcs_with_capacity_and_unit_cost(
        start.astype(np.int32), end.astype(np.int32), room, cost
    )
    flow.set_nodes_supplies(everybody, np.ones(learners, dtype=np.int64))
    flow.set_node_supply(drain, -learners)
    flow.solve()
    used = flow.flows(np.arange(len(edges.learner))) > 0
    at = np.full(learners, mentors, dtype=np.int64)
    at[edges.learner[used]] = edges.mentor[used]
    return at


BACKENDS: dict[str, Backend] = {"scipy": by_scipy, "ortools": by_ortools}
"""Name -> solver. OR-tools comes with the extra `fast`."""
