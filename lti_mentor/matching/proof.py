"""Whether a pair that nobody listed could still change the answer."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from lti_mentor.matching.candidates import WORKERS, Lists
from lti_mentor.matching.prices import State
from lti_mentor.matching.problem import Edges, Ints, Source, blocks, ranges

CHUNK = 1 << 20
ENOUGH = 1 << 22


class Beyond:
    """The pairs beyond the lists, looked at only where both floors allow something."""

    def __init__(self, source: Source, lists: Lists, bonus: int) -> None:
        self.source = source
        self.lists = lists
        self.bonus = bonus

    def wanted(self, state: State) -> Edges:
        """Return pairs that somebody would have as gladly, or more gladly."""
        edges = self.lists.edges
        need = state.wishes[edges.learner] + state.prices[edges.mentor] - self.bonus
        return edges.only(edges.score >= need).and_more(
            self._unlisted(state), len(state.prices)
        )

    def _unlisted(self, state: State) -> Edges:
        """Look beyond the lists.

        An unlisted pair scores at most the lower of two floors. It can only be wanted
        if that is as much as the learner's wish and the mentor's price together.
        """
        lists, prices = self.lists, state.prices
        order = np.argsort(prices[:-1], kind="stable")
        order = order[lists.mentor_floor[order] >= 0]
        limit = lists.learner_floor + self.bonus - state.wishes
        count = np.searchsorted(prices[order], limit, side="right")
        count[lists.learner_floor < 0] = 0
        asked = np.flatnonzero(count)
        total = np.cumsum(count[asked])
        cuts = np.searchsorted(total, np.arange(CHUNK, int(count.sum()) + 1, CHUNK))
        found = []
        for some in np.split(asked, cuts):
            times = count[some]
            mentor = order[ranges(np.zeros_like(times), times)]
            found.append(self._among(np.repeat(some, times), mentor, state))
            # What is left comes up again in the next round: somebody is unhappy.
            if sum(part.shape[1] for part in found) > ENOUGH and any(
                self._are_unhappy(part, state) for part in found
            ):
                break
        learner, mentor, score = np.concatenate(found, axis=1)
        return Edges.of(learner, mentor, score)

    def _are_unhappy(self, part: Ints, state: State) -> bool:
        need = state.wishes[part[0]] + state.prices[part[1]] - self.bonus
        return bool((part[2] > need).any())

    def _among(self, learner: Ints, mentor: Ints, state: State) -> Ints:
        need = state.wishes[learner] + state.prices[mentor] - self.bonus
        may = self.lists.mentor_floor[mentor] >= need
        learner, mentor, need = learner[may], mentor[may], need[may]
        score = self.source.pairs(learner, mentor)
        is_wanted = (score >= 0) & (score >= need)
        return np.stack([learner, mentor, score])[:, is_wanted]


def bound(source: Source, rooms: Ints, prices: Ints, bonus: int) -> int:
    """Return what any set of pairs is worth at most, given these prices.

    Looks at every pair and needs nothing but the scores.
    """
    learners, mentors = source.shape

    def wishes(rows: Ints) -> int:
        tile = source.tile(rows)
        worth = np.where(tile >= 0, tile + offer, np.int64(-1))
        return int(np.maximum(worth.max(axis=1, initial=0), 0).sum())

    offer = bonus - prices
    with ThreadPoolExecutor(WORKERS) as threads:
        total = sum(threads.map(wishes, blocks(learners, mentors)))
    return total + int((rooms * prices).sum())
