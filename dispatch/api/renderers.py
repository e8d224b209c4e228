"""What a request for bytes may accept."""

from rest_framework.renderers import JSONRenderer


class AnyRenderer(JSONRenderer):
    """Accepts a request for anything. Bytes are sent as they are stored; a refusal is JSON."""

    media_type = "*/*"
    format = "bytes"
