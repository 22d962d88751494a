# SPDX-License-Identifier: GPL-2.0-or-later
"""Rates and latencies, by source and by vCPU, in bounded memory."""

from .machine import duration

LEGS = ("accepted", "finished")
SUB = 8                         # buckets between powers of 2


class Histogram:
    """Counts of times, each to an eighth of its size."""

    def __init__(self):
        self.count, self.total, self.largest = 0, 0, 0
        self.buckets = {}

    def add(self, ns):
        ns = max(ns, 0)
        self.count += 1
        self.total += ns
        self.largest = max(self.largest, ns)
        shift = max(ns.bit_length() - 4, 0)
        key = shift * 2 * SUB + (ns >> shift)
        self.buckets[key] = self.buckets.get(key, 0) + 1

    def percentile(self, percent):
        left = self.count * percent / 100
        for key in sorted(self.buckets):
            left -= self.buckets[key]
            if left <= 0:
                shift = key // (2 * SUB)
                return min((key % (2 * SUB) + 1 << shift) - 1, self.largest)
        return self.largest

    def words(self):
        return {"count": self.count,
                "mean_ns": self.total // self.count if self.count else 0,
                "p50_ns": self.percentile(50), "p99_ns": self.percentile(99),
                "max_ns": self.largest}


class Statistics:
    """Fed with finished journeys."""

    def __init__(self, storm=10000):
        self.storm = storm
        self.sources, self.threads = {}, {}
        self.first, self.last = None, 0
        self.window, self.peaks = {}, {}

    def add(self, journey):
        key = journey.origin, journey.source
        entry = self.sources.setdefault(
            key, {"events": 0, "coalesced": 0,
                  **{leg: Histogram() for leg in LEGS}})
        entry["events"] += 1
        entry["coalesced"] += journey.coalesced
        self._times(entry, journey)
        if journey.thread is not None:
            thread = self.threads.setdefault(
                journey.thread, {"events": 0,
                                 **{leg: Histogram() for leg in LEGS}})
            thread["events"] += 1
            self._times(thread, journey)
        self._rate(key, journey)

    @staticmethod
    def _times(entry, journey):
        for leg in LEGS:
            when = getattr(journey, leg)
            if when is not None:
                entry[leg].add(when - journey.began)

    def _rate(self, key, journey):
        if self.first is None:
            self.first = journey.began
        self.first = min(self.first, journey.began)
        self.last = max(self.last, journey.finished)
        second = journey.began // 10**9
        at, count = self.window.get(key, (second, 0))
        count = count + 1 if at == second else 1
        self.window[key] = second, count
        self.peaks[key] = max(self.peaks.get(key, 0), count)

    def result(self):
        """As JSON has it."""
        span = max(self.last - (self.first or 0), 1) / 1e9
        return {
            "seconds": span,
            "sources": [self._source(key, entry, span)
                        for key, entry in sorted(self.sources.items())],
            "vcpus": [{"vcpu": thread, "events": entry["events"],
                       **{leg: entry[leg].words() for leg in LEGS}}
                      for thread, entry in sorted(self.threads.items())]}

    def _source(self, key, entry, span):
        return {"origin": key[0], "source": key[1],
                "events": entry["events"], "coalesced": entry["coalesced"],
                "per_second": round(entry["events"] / span, 1),
                "peak_per_second": self.peaks[key],
                "storm": self.peaks[key] >= self.storm,
                **{leg: entry[leg].words() for leg in LEGS}}

    def text(self, machine):
        result = self.result()
        yield f"{result['seconds']:.3f} s"
        yield (f"{'source':<28} {'events':>8} {'into Q':>7} {'1/s':>9} "
               f"{'accepted p50':>12} {'p99':>8} {'EOI p50':>8} {'p99':>8}")
        for one in result["sources"]:
            yield (f"{machine.name(one['source']):<28} {one['events']:>8} "
                   f"{one['coalesced']:>7} {one['per_second']:>9} "
                   + self._legs(one) +
                   ("  STORM" if one["storm"] else ""))
        for one in result["vcpus"]:
            yield (f"{'vCPU ' + str(one['vcpu']):<28} {one['events']:>8} "
                   f"{'':>7} {'':>9} " + self._legs(one))

    @staticmethod
    def _legs(one):
        def words(leg, percentile):
            return duration(one[leg][percentile]) if one[leg]["count"] \
                else "-"
        return (f"{words('accepted', 'p50_ns'):>12} "
                f"{words('accepted', 'p99_ns'):>8} "
                f"{words('finished', 'p50_ns'):>8} "
                f"{words('finished', 'p99_ns'):>8}")
