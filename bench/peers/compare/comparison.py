"""A comparison: all rounds of all cases, in which the peers take turns, and what they come to."""

from statistics import median

from child import Failed, Lacking
from disturbance import Disturbance
from measure import RAW, count, measure, pair_with_raw, size_for
from spread import quotients


class Comparison:
    def __init__(self, cases, peers, rounds, effort, say):
        self.cases, self.peers, self.rounds, self.effort = cases, peers, rounds, effort
        self.say = say  # what is going on, for whoever waits
        self.results = []
        self.troubles = []  # {"peer", "case", "why"}

    def run(self):
        for case in self.cases:
            self._run_case(case)

    def _run_case(self, case):
        runs = {peer.key: [] for peer in self.peers if case.concerns(peer.key, self.effort)}
        for turn in range(self._rounds_of(case)):
            for peer in self._in_turn(runs, turn):
                self.say(f"{case.workload} {case.title}: round {turn + 1}, {peer.title}")
                if peer.key == "sync" and turn > 0:
                    continue  # it takes as long as it takes
                self._guarded(case, peer, runs, lambda: self._once(case, peer, turn))
        for peer in self._in_turn(runs, 0):
            if runs[peer.key]:
                self.results.append(self._summed_up(case, peer, runs))

    def _rounds_of(self, case):
        if case.kind in ("memory", "idle"):
            return 1  # counted, not timed
        return min(3, self.rounds) if case.kind == "ways" else self.rounds

    def _in_turn(self, runs, turn):
        """The peers still taking part; each round begins with another one."""
        peers = [peer for peer in self.peers if peer.key in runs]
        start = turn % len(peers) if peers else 0
        return peers[start:] + peers[:start]

    def _guarded(self, case, peer, runs, work):
        try:
            runs[peer.key].append(work())
        except Lacking:
            del runs[peer.key]
        except Failed as failure:
            del runs[peer.key]
            self._note(case, peer, str(failure))

    def _once(self, case, peer, turn):
        """The peer's figures, those of raw epoll beside it, and what others did meanwhile."""
        with Disturbance() as disturbance:
            if case.kind == "echo":
                found = pair_with_raw(case, peer, self.effort, raw_first=turn % 2 == 0)
            else:
                found = measure(case, peer, self.effort), None
        return *found, disturbance

    def _summed_up(self, case, peer, runs):
        mine = [figures for figures, _, _ in runs[peer.key]]
        values = [figures[case.figure] for figures in mine]
        result = {
            "case": case.key,
            "workload": case.workload,
            "title": case.title,
            "unit": case.unit,
            "figure": case.figure,
            "peer": peer.key,
            "peer_title": peer.title,
            "size": size_for(case, peer),
            "values": values,
            "median": median(values),
            "more": self._more(case, peer, mine),
            "more_values": {
                name: [figures[name] for figures in mine if name in figures] for name in case.also
            },
            "disturbed": sum(one.is_too_much for _, _, one in runs[peer.key]),
        }
        return {**result, **self._ratio(case, peer, runs, values)}

    def _more(self, case, peer, mine):
        more = {}
        for name in case.also:
            found = [figures[name] for figures in mine if name in figures]
            if found:
                more[name] = median(found)
        self.say(f"{case.workload} {case.title}: counting, {peer.title}")
        try:
            more.update(count(case, peer, self.effort))
        except (Failed, Lacking) as failure:
            self._note(case, peer, f"uncounted: {failure}")
        return more

    def _note(self, case, peer, why):
        self.troubles.append({"peer": peer.key, "case": case.key, "why": why})

    def _ratio(self, case, peer, runs, values):
        """Echo: to raw epoll, pair by pair. Otherwise: to the runtime, round by round."""
        if case.kind == "echo":
            pairs = runs[peer.key]
            to, base = RAW.key, [raw[case.figure] for _, raw, _ in pairs]
        elif runs.get("aio"):
            to, base = "aio", [figures[case.figure] for figures, _, _ in runs["aio"]]
        else:
            return {}
        ratios = quotients(values, base)
        return {"ratio": median(ratios), "ratios": ratios, "ratio_to": to} if ratios else {}
