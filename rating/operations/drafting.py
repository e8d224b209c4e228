"""A draft while somebody writes in it: locked, still a draft, and told who was the last."""

from datetime import datetime

from rating.models import RateCardVersion


class NotADraft(ValueError):
    """The version is no longer open to change."""

    status = 409
    code = "not_a_draft"

    def __init__(self, version: RateCardVersion) -> None:
        super().__init__(f"{version} is {version.status}: only a draft can be changed")


def hold_draft(version: RateCardVersion) -> RateCardVersion:
    """Lock `version` for the rest of the transaction and read it anew. Raises NotADraft."""
    held = RateCardVersion.objects.select_for_update(of=("self",)).select_related("card")
    version.refresh_from_db(from_queryset=held)
    if version.status != RateCardVersion.Status.DRAFT:
        raise NotADraft(version)
    return version


def note_edit(version: RateCardVersion, *, by: str, at: datetime) -> None:
    """Keep who wrote, and who wrote last: none of them can approve it."""
    version.edited_by, version.edited_at = by, at
    version.writers = sorted({*version.writers, by})
    version.save(update_fields=["edited_by", "edited_at", "writers"])
