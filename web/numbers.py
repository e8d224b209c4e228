"""Numbers as people type them: plain digits, so that nothing is read that was not meant."""

import re
from typing import Any

from django import forms

# Python reads more for a number: 1e3, 1_000, digits of other scripts.
PLAIN = re.compile(r"[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})")


class PlainDecimalField(forms.DecimalField):
    """A number in plain digits with a point."""

    def to_python(self, value: Any) -> Any:
        """Read the number; raises ValidationError for anything else that Python takes for one."""
        if isinstance(value, str) and value.strip() and not PLAIN.fullmatch(value.strip()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)
