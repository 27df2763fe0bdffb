"""Every address of the back office, with the key of a real record where one belongs."""

import re
from collections.abc import Iterator

from django.contrib import admin
from django.urls import URLPattern, get_resolver

PLACE = re.compile(r"<[^>]*>|\(\?P<[^)]*\)|\(\[\^/\]\+\)")


def _routes(patterns, prefix: str) -> Iterator[str]:
    for each in patterns:
        route = prefix + str(each.pattern).replace("^", "").replace("$", "").replace(r"\Z", "")
        if isinstance(each, URLPattern):
            yield route
        else:
            yield from _routes(each.url_patterns, route)


def every_address() -> list[str]:
    """A record's key stands in the first place of its addresses, a version's in the second."""
    back_office = next(e for e in get_resolver().url_patterns if str(e.pattern) == "admin/")
    models = {f"/admin/{m._meta.app_label}/{m._meta.model_name}/": m for m in admin.site._registry}
    found = []
    for route in _routes(back_office.url_patterns, "/admin/"):
        model = next((m for prefix, m in models.items() if route.startswith(prefix)), None)
        keys = iter(_keys(model))
        found.append(PLACE.sub(lambda _match, keys=keys: next(keys, "1"), route))
    return sorted(set(found))


def _keys(model: type | None) -> list[str]:
    if model is None:
        return []
    record = model.objects.order_by("pk").last()
    if record is None:
        return []
    if not hasattr(model, "history"):
        return [str(record.pk)]
    version = model.history.filter(**{model._meta.pk.attname: record.pk}).first()
    return [str(record.pk), str(version.pk)]
