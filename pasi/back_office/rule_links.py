"""Where the meaning of a code is read: links to the page of a rule."""

from django.urls import reverse
from django.utils.html import format_html


def rule_url(code: str) -> str:
    return reverse("admin:rule", args=[code])


def rule_link(code: str, text: str = "") -> str:
    return format_html('<a href="{}">{}</a>', rule_url(code), text or code)
