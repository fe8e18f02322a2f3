"""``list_filter = ["target"]`` in the admin of any model with an `ExclusiveForeignKey`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import FieldListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.utils.translation import gettext_lazy as _

from slipstream.targets.exclusive import ExclusiveForeignKey

__all__ = ["TargetKindListFilter"]

_NOTHING = "none"


class TargetKindListFilter(FieldListFilter):
    """Filters a list by the kind of thing that its rows point at."""

    def __init__(
        self, field: Any, request: Any, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        self.parameter = f"{field_path}__kind"
        super().__init__(field, request, params, model, model_admin, field_path)
        chosen = self.used_parameters.get(self.parameter)
        self.chosen = chosen[-1] if isinstance(chosen, list) else chosen

    def expected_parameters(self) -> list[str | None]:
        """Return the names in the query string."""
        return [self.parameter]

    def queryset(self, request: Any, queryset: Any) -> Any:
        """Return the rows of the kind that was chosen. An index leads to them."""
        if self.chosen is None:
            return queryset
        if self.chosen == _NOTHING:
            return queryset.filter(**{f"{self.field_path}__isnull": True})
        field: Any = self.field
        for column in field.columns:
            if field.kind_of(column) == self.chosen:
                path = self.field_path.removesuffix(field.name) + column.name
                return queryset.filter(**{f"{path}__isnull": False})
        # The admin shows the whole list again, as with its own filters.
        raise IncorrectLookupParameters

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield all, each kind, and nothing where that may be."""
        field: Any = self.field
        kinds = [
            (field.kind_of(column), column.related_model._meta.verbose_name)
            for column in field.columns
        ]
        nothing = [(_NOTHING, _("Nothing"))] if field.null else []
        for kind, name in [(None, _("All")), *kinds, *nothing]:
            query = changelist.get_query_string(
                {} if kind is None else {self.parameter: kind}, [self.parameter]
            )
            yield {"selected": self.chosen == kind, "query_string": query, "display": name}


FieldListFilter.register(
    lambda field: isinstance(field, ExclusiveForeignKey), TargetKindListFilter, take_priority=True
)
