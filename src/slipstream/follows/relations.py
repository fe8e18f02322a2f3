"""``user.follows`` and ``user.followers``, without touching the user model.

Django lets an app add to another app's model in one way: the *reverse* end of
a relation. So both names are reverse ends here. `UserRelation` is a
many-to-many field from the user model to itself that lives among the private
fields of the intermediate model: the registry finds it there and gives the
user model its reverse end, on proxies and children too, just as it does for a
foreign key. Migrations read only local fields and so never see it.

Two such fields, each the other's mirror, make the pair: the forward end of the
one is the reverse end of the other, and only reverse ends are ever walked.

Relies on ``ManyToManyField`` and ``ManyToManyRel`` keeping the shape that they
have in Django 5.2, 6.0 and 6.1.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.exceptions import FieldError
from django.db import models

__all__ = ["UserRelation"]


class UserRelation(models.ManyToManyField):  # type: ignore[type-arg]
    """A relation from users to users, declared on the model between them.

    ``accessor`` is the name that the user model gets; the name in the class
    body is that of the mirror. Followed through the accessor, rows of the
    intermediate model are entered by their foreign key ``source`` and left by
    ``target``.
    """

    def __init__(self, to: Any, *, accessor: str, through: str, source: str, target: str) -> None:
        super().__init__(
            to,
            related_name=accessor,
            through=through,
            # From the forward end, which is the mirror.
            through_fields=(target, source),
            symmetrical=False,
            editable=False,
            serialize=False,
        )

    def contribute_to_class(  # type: ignore[override]
        self, cls: type[models.Model], name: str, **kwargs: Any
    ) -> None:
        """Join the private fields of the intermediate model."""
        super().contribute_to_class(cls, name, private_only=True)
        # The forward end starts at a user, not at a row of this model.
        delattr(cls, name)

    def contribute_to_related_class(self, cls: type[models.Model], related: Any) -> None:
        """Belong to the user model, and give it the accessor, if the name is free."""
        self.model = cls
        if hasattr(cls, related.related_name):
            # The project's own name stays as it is; slipstream_follows.E001 tells.
            related.related_name = f"slipstream_{related.related_name}_+"
            related.hidden = True
        super().contribute_to_related_class(cls, related)

    def get_path_info(self, filtered_relation: Any = None) -> NoReturn:
        """Refuse to be walked forwards, which would start at a row that is not a user."""
        raise FieldError(
            f"'{self.name}' is a relation between users: filter users by it, not follows."
        )
