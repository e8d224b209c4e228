"""What people may upload, said before they try."""

from django.conf import settings

MEGABYTE = 1024 * 1024
UPLOAD_HINT = f"PDF, JPEG or PNG, up to {settings.UPLOAD_LIMIT_BYTES // MEGABYTE} MB"
