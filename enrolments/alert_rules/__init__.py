"""The numbered rules that find core alerts, by subject; registry.py gathers and evaluates them.

Facts: enrolments.facts, loaded beforehand. What a rule yields are the alert's arguments: the same
data must give the same values on every day, so lists are in ascending order, and nothing drifts
with time. The first sentence of a message is the issue, the rest its description.

Deleted enrolments carry no alerts at all; rules need not look whether theirs is deleted.
"""
