"""The check digit of student and credential numbers."""

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # twice the digit, 9 subtracted above 9


def luhn(base: int) -> int:
    """Luhn (mod 10) check digit: 100000000 -> 8, 100000001 -> 6."""
    total, doubled = 0, True
    while base:
        base, digit = divmod(base, 10)
        total += _DOUBLED[digit] if doubled else digit
        doubled = not doubled
    return -total % 10
