"""The credential eligibility calculator: pure functions from a student's facts to the status of
each requirement set. No database, no clock: whoever calls loads the facts and says which day it is.

facts.py         what is known of one student, as plain values
definitions.py   credentials, sets, requirements, caps, limits; definition_files.py reads data/
courses.py       which groups a course belongs to
assessed.py      one student on one day: what several requirements need, worked out once
requirements/    one function for each requirement, found by grepping its code
classify.py      from requirements to the status of a set; the order of the sets
messages.py      what each outcome says in words
"""
