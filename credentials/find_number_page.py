"""Find a credential by any number it ever had: one hit opens it, and says which number it was."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.credential_numbers import written
from credentials.finding import (
    ARCHIVED,
    ARCHIVED_LEGACY,
    CURRENT,
    LEGACY,
    best_matches,
    find_by_number,
)
from credentials.lookup_page import LookupPage
from credentials.models import AwardedCredential
from pasi.back_office.admins import list_url, record_url
from pasi.back_office.lists import students_found
from pasi.back_office.reads import record_read
from pasi.calendar import school_year_text

FIND_NUMBER = "find_credential_number"
KINDS_OF_NUMBER = {
    CURRENT: gettext_lazy("the number it has now"),
    ARCHIVED: gettext_lazy("a former number of it, which a newer one has replaced"),
    LEGACY: gettext_lazy("its legacy number"),
    ARCHIVED_LEGACY: gettext_lazy("a legacy number that it had under a former number"),
}
MOST_HITS = 50


def find_number_url(number: int) -> str:
    """An address that opens the credential which has or had `number`."""
    return f"{reverse(f'admin:{FIND_NUMBER}')}?{urlencode({'q': written(number)})}"


class FindNumberPage(LookupPage):
    title = gettext_lazy("Find a credential by number")
    label = gettext_lazy("Credential number or legacy number")
    help_text = gettext_lazy(
        "10000-00016, with or without the hyphen, or a legacy number; former ones are found too. "
        "The ASN or name of a student leads to the list of credentials."
    )
    button = gettext_lazy("Find")

    def answer(self, request: HttpRequest, text: str) -> HttpResponse | dict:
        how = best_matches(find_by_number([text]))
        awards = AwardedCredential.objects.filter(pk__in=list(how)[:MOST_HITS])
        found = sorted(
            awards.select_related("student"), key=lambda award: list(how).index(award.pk)
        )
        if not found and students_found(text).exists():
            return HttpResponseRedirect(list_url(AwardedCredential, {"q": text}))
        if not found:
            return {
                "nothing": _(
                    "No credential has or had the number %s. Look it over, or search by student."
                )
                % text,
                "elsewhere": list_url(AwardedCredential),
                "elsewhere_text": _("Find the credential by its student"),
            }
        if len(found) == 1:
            [award] = found
            if how[award.pk] != CURRENT:
                text = _("%(typed)s is %(what)s. The number now is %(now)s.") % {
                    "typed": text,
                    "what": KINDS_OF_NUMBER[how[award.pk]],
                    "now": written(award.number_id),
                }
                messages.info(request, text)
            return HttpResponseRedirect(record_url(award))
        record_read(request, [award.student.asn for award in found])
        return {
            "hits": [
                {
                    "url": record_url(award),
                    "number": written(award.number_id),
                    "type": award.credential_type,
                    "name": award.full_name,
                    "year": school_year_text(award.school_year),
                    "how": KINDS_OF_NUMBER[how[award.pk]],
                }
                for award in found
            ]
        }
