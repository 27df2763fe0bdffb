"""In which roles staff send to the services: a group's permissions name them (decision 84).

Caller.check_may_use() asks, so no page of the back office can forget to.
"""

from pasi.models import Role

PREFIX = "send_as_"


def permission_of(role: str) -> str:
    """The permission to send in a role: "pasi.send_as_submit_student_user"."""
    return "pasi." + PREFIX + role.lower().replace(" ", "_")


def roles_of(user) -> frozenset[Role]:
    """The roles in which a member of staff sends to the services."""
    return frozenset(role for role in Role if user.has_perm(permission_of(role)))


def may_send(user, service) -> bool:
    """Whether a member of staff may call the service at all."""
    return any(user.has_perm(permission_of(role)) for role in service.roles)
