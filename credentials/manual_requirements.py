"""The requirements that people set, by requirement set; all others are worked out from records.

Source: eligibility specification, requirements that the system may not update. The codes with -X
are ours.
"""

NOMINATED = "StudentIsNominated-81350"
REQUESTED = "StudentRequested-81700"
PRIOR_SETS = ("AHSD-PRE2010", "ADEX", "ADVD", "GHSD", "IOPC")

MANUAL_REQUIREMENTS: dict[str, tuple[str, ...]] = {
    "COSC": (NOMINATED,),
    "HSED-ALT1": (REQUESTED,),
    "HHSD": ("HonoraryGranted-X81990",),
    **{code: (f"RequirementsAssessed-{code}-X81660",) for code in PRIOR_SETS},
}
ALL_MANUAL_REQUIREMENTS = tuple(
    requirement for requirements in MANUAL_REQUIREMENTS.values() for requirement in requirements
)
