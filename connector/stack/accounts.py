"""The first admin and the first tokens of a development stack."""

from __future__ import annotations

from django.contrib.auth.models import User

from connector.edge import tokens
from connector.edge.models import Scope
from connector.edge.tenants import issue_to
from connector.stack.banner import ADMIN

CLIENT = "dsync"
COMPANY = "Example"


def keep_admin(password: str) -> bool:
    """Make the admin when there is none, and tell whether our password opens it."""
    if not User.objects.filter(is_superuser=True).exists():
        User.objects.create_superuser(ADMIN, password=password)
    admin = User.objects.filter(username=ADMIN, is_superuser=True, is_active=True).first()
    return admin is not None and admin.check_password(password)


def keep_token(known: str) -> str:
    """Return the token that we know while it still opens the service, else a new one."""
    caller = tokens.caller_of(known)
    if caller and caller.may(Scope.WRITE):
        return known
    return tokens.issue(client_name=CLIENT)[1]


def keep_hood_token(known: str) -> str:
    """Return the token of a company that we know while it is good, else a new one of a company with a member."""
    caller = tokens.caller_of(known)
    if caller and caller.may(Scope.HOOD):
        return known
    return issue_to(client_name=COMPANY, scope=Scope.HOOD, tenant_name=COMPANY)[1]
