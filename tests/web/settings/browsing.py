"""Read the forms of a page as a browser would send them."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client

Values = dict[str, Any]


class _Forms(HTMLParser):
    """Collects the values of each form, by its id or else its action."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, Values] = {}
        self._form: Values | None = None
        self._select = self._textarea = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name, value = told.get("name") or "", told.get("value")
        if tag == "form":
            self._form = self.forms.setdefault(told.get("id") or told.get("action") or "", {})
        elif self._form is None:
            return
        elif tag == "input" and name:
            self._input(name, value, told)
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in told:
            self._form[self._select] = value or ""
        elif tag == "option":
            self._form.setdefault(self._select, value or "")
        elif tag == "textarea":
            self._textarea, self._text = name, []

    def _input(self, name: str, value: str | None, told: dict[str, str | None]) -> None:
        assert self._form is not None
        if told.get("type") not in {"checkbox", "radio"}:
            self._form[name] = value or ""
        elif "checked" in told and value is not None:
            self._form.setdefault(name, []).append(value)
        elif "checked" in told:
            self._form[name] = "on"

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._form is not None:
            self._form[self._textarea], self._textarea = "".join(self._text).strip("\n"), ""


def form_values(page: bytes, form: str) -> Values:
    """Return what a browser would send of a form that nobody has touched."""
    reader = _Forms()
    reader.feed(page.decode())
    values = reader.forms[form]
    values.pop("csrfmiddlewaretoken", None)
    return values


def save(client: Client, address: str, form: str, action: str = "", **changes: Any) -> Any:
    """Open a page, change some fields of a form and send it; None unticks a box."""
    values = form_values(client.get(address).content, form) | changes
    sent = {name: value for name, value in values.items() if value is not None}
    return client.post(action or address, sent)
