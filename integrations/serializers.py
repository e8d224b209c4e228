"""The shapes of the events API, for its description; messages themselves are read by adapters."""

from typing import Any

from rest_framework import serializers

from integrations.queries.changes import KINDS, Change


class LoadNameSerializer(serializers.Serializer[None]):
    """How a message names its load; a tender carries all of it (docs/integrations.md)."""

    references = serializers.ListField(child=serializers.DictField(), required=False)
    number = serializers.CharField(required=False)


class MessageSerializer(serializers.Serializer[None]):
    """One message in the TMS dialect."""

    id = serializers.CharField(max_length=120)
    type = serializers.CharField(max_length=60)
    occurred_at = serializers.DateTimeField()
    load = LoadNameSerializer()
    stop = serializers.DictField(required=False)
    document = serializers.DictField(required=False)
    service = serializers.DictField(required=False)
    pause = serializers.DictField(required=False)
    reweigh = serializers.DictField(required=False)
    reclass = serializers.DictField(required=False)
    reason = serializers.CharField(required=False)
    corrects = serializers.CharField(required=False)


class VerdictSerializer(serializers.Serializer[None]):
    """What became of one message at the door."""

    id = serializers.CharField()
    status = serializers.ChoiceField(
        choices=["accepted", "ignored", "duplicate", "conflict", "refused"]
    )
    reason = serializers.CharField(required=False)
    field = serializers.CharField(required=False, allow_null=True)
    detail = serializers.CharField(required=False)
    warnings = serializers.ListField(child=serializers.CharField(), required=False)


class BatchSerializer(serializers.Serializer[None]):
    """Up to 500 messages."""

    events = MessageSerializer(many=True)


class BatchVerdictSerializer(serializers.Serializer[None]):
    """The verdicts, in the order of the messages."""

    results = VerdictSerializer(many=True)


class LetterSerializer(serializers.Serializer[None]):
    """A letter that is on its way."""

    to = serializers.EmailField()
    subject = serializers.CharField()
    enclosures = serializers.SerializerMethodField(help_text="The names of the files.")

    def get_enclosures(self, body: Any) -> list[str]:
        """Return the names of the files that go with it."""
        return [each["filename"] for each in body["enclosures"]]


class ChangeSerializer(serializers.Serializer[Change]):
    """One change: what, when, and where to read it as it is now."""

    id = serializers.IntegerField(source="event.pk")
    kind = serializers.ChoiceField(choices=sorted(KINDS))
    event = serializers.CharField(source="event.name")
    subject = serializers.CharField(help_text="The number of what changed, or its id.")
    path = serializers.CharField(help_text="Below `/api/v1/`; empty where nothing can be read.")
    occurred_at = serializers.DateTimeField(source="event.occurred_at")
    recorded_at = serializers.DateTimeField(source="event.recorded_at")
    correlation_id = serializers.UUIDField(source="event.correlation_id")


class ChangesSerializer(serializers.Serializer[Any]):
    """A page of changes; `next` asks for those after it, now or later."""

    data: Any = ChangeSerializer(many=True)
    next = serializers.CharField()
    has_more = serializers.BooleanField()
