"""The numbered rules of the student services, by subject; stages.py says in which order.

Facts: students.facts, loaded beforehand.
"""
