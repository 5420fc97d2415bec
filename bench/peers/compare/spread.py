"""What varies from round to round, and when a difference is no more than that."""

from statistics import median, quantiles


def quartiles(values):
    """The lower and the upper one; of fewer than four values, the least and the greatest."""
    if len(values) < 4:
        return min(values), max(values)
    lower, _, upper = quantiles(values, n=4, method="inclusive")
    return lower, upper


def is_tie(quotients):
    """Are two as good as each other? One round says nothing about that, unless they are equal."""
    lower, upper = quartiles(quotients)
    return lower <= 1 <= upper


def quotients(one, other):
    """How many times as much one takes as the other, round by round."""
    return [a / b for a, b in zip(one, other) if b > 0]


def verdict(values, holds):
    """kept, missed, or close: both are within the spread. `holds` has one bound."""
    sides = {holds(value) for value in quartiles(values)}
    if len(sides) == 2:
        return "close"
    return "kept" if holds(median(values)) else "missed"


def of_all_runs(verdicts):
    """Kept, or missed, is what each run says so of."""
    return verdicts[0] if len(set(verdicts)) == 1 else "close"
