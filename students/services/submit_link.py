"""SubmitStudentLink: two numbers are one person's, or are not after all.

Role PASI System User, for the ministry only. Source: PASI knowledge base for linked numbers; name,
shape and rules are ours.
"""

from collections.abc import Sequence

from pasi.models import Role
from pasi.rules import Rejection
from pasi.services import Call, Result, SubmitService
from students.linking import NamedLink, lock_link, write_link
from students.requests_numbers import SubmitStudentLinkRequest
from students.rules.stages import SUBMIT_LINK_ACCESS_STAGES, SUBMIT_LINK_STAGES


class SubmitStudentLink(SubmitService):
    """Make a number a secondary one of another; the Id answered is the SecondaryStateProvinceId.

    Nothing moves: records stay under their numbers and count as the primary's. Without a
    PrimaryStateProvinceId the link is undone. The version is the secondary's.
    """

    operation = "SubmitStudentLink"
    roles = frozenset({Role.PASI_SYSTEM_USER})
    ministry_only = True
    request_serializer = SubmitStudentLinkRequest
    takes_version = True
    access_stages = SUBMIT_LINK_ACCESS_STAGES
    stages = SUBMIT_LINK_STAGES

    def carry_out(self, call: Call) -> Result:
        request = call.request
        named = lock_link(
            request["SecondaryStateProvinceId"], request.get("PrimaryStateProvinceId", "")
        )
        secondary = named.secondary
        rejections = self.judge(
            named.change,
            version=secondary.version if secondary else None,
            submitted=request["PASICoreVersion"],
        )
        if rejections:
            return self.rejected(call, rejections, told=_numbers_of(named))
        version = write_link(named, call.message_id)
        result = self.applied(secondary.asn, secondary.asn, version)
        result.state_province_ids = [secondary.asn, named.other.asn]
        return result

    def rejected(
        self, call: Call, rejections: Sequence[Rejection], *, told: Sequence[str] = ()
    ) -> Result:
        """Recorded with both numbers of the request."""
        asked = (
            call.request.get(name)
            for name in ("SecondaryStateProvinceId", "PrimaryStateProvinceId")
        )
        numbers = dict.fromkeys([*filter(None, asked), *told])
        return super().rejected(call, rejections, told=list(numbers))


def _numbers_of(named: NamedLink) -> list[str]:
    """What the rejections may tell: which numbers those of the request are linked to."""
    secondary, primary = named.change.secondary, named.change.primary
    told = [secondary.primary_asn, *secondary.secondary_asns] if secondary else []
    return [asn for asn in (*told, primary.primary_asn if primary else "") if asn]
