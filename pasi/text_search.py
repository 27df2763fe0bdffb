"""Searching texts without regard to case and accents.

Texts of the contract are Latin-1, so one table of letters is enough: no extension of PostgreSQL is
needed, and the expression is immutable, so that it can be indexed. The collation is fixed: the
index then serves prefixes as well, whatever the locale of the database.
"""

import string

from django.db import models

_ACCENTED = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöøùúûüýÿ"
_PLAIN = "AAAAAACEEEEIIIINOOOOOOUUUUYaaaaaaceeeeiiiinoooooouuuuyy"
_TABLE = str.maketrans(_ACCENTED + string.ascii_lowercase, _PLAIN.upper() + string.ascii_uppercase)


class Folded(models.Transform):
    """A text column in capitals without accents: what folded() makes of it in Python."""

    lookup_name = "folded"
    output_field = models.TextField()
    template = (
        f"upper(translate(%(expressions)s COLLATE \"C\", '{_ACCENTED}', '{_PLAIN}') COLLATE \"C\")"
    )


models.CharField.register_lookup(Folded)


def folded(text: str) -> str:
    """`text` in capitals without accents: "Björk" -> "BJORK"."""
    return text.translate(_TABLE)


def matching(field: str, texts: list[str], *, prefixes: bool = False) -> models.Q:
    """Records whose `field` is one of `texts`, ignoring case and accents.

    With `prefixes`, a text that ends in `*` stands for everything that begins so.
    """
    exact = [folded(text) for text in texts if not (prefixes and text.endswith("*"))]
    found = models.Q(**{f"{field}__folded__in": exact}) if exact else models.Q()
    for text in texts:
        if prefixes and text.endswith("*"):
            found |= models.Q(**{f"{field}__folded__startswith": folded(text[:-1])})
    return found
