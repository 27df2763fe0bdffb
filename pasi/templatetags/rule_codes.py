"""Codes of rules in a page lead to what they mean."""

import re

from django import template
from django.utils.html import format_html

from pasi.back_office.rule_links import rule_link
from pasi.catalogue import entries

register = template.Library()
AT_THE_END = re.compile(r"(.*)\(([0-9]{4,5})\)", re.DOTALL)


@register.filter
def with_rule_link(text: str) -> str:
    """A message that ends with the code of a rule, "… is in the future. (11217)"."""
    match = AT_THE_END.fullmatch(str(text))
    if match is None or match[2] not in {entry.code for entry in entries()}:
        return text
    return format_html("{}({})", match[1], rule_link(match[2]))
