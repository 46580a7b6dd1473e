"""Who a session is of."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User

from connector.edge.login.second_factor import with_second_factors


class PeopleBackend(ModelBackend):
    """Django's own, whose users know whether they have a second factor, so that no page asks for that by itself."""

    def get_user(self, user_id: int) -> User | None:
        user = with_second_factors(User.objects.filter(pk=user_id)).first()
        return user if user is not None and self.user_can_authenticate(user) else None
