"""One request for each operation, as somebody would send it, and what has to be there before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.world import World
from tests.dispatch.files import pdf
from tests.factories.asking import Asker
from tests.rating.importing.sending import LIST

Names = dict[str, Any]
Prelude = Callable[[World, Names], object]
CSV = b"Origin;Destination;Rate per mile\nIL;OH;2,15\n"


@dataclass(frozen=True, slots=True)
class Scene:
    """A request; `before` makes what it needs, `form` is sent in place of a body."""

    operation: str
    method: str
    path: str
    body: Any = None
    before: Prelude | None = None
    form: dict[str, Any] | None = None


def send(scene: Scene, world: World) -> tuple[str, Any, Any]:
    """Play a scene; return the path, the body as it was sent, and the answer."""
    names = dict(world.words)
    if scene.before:
        scene.before(world, names)
    path, body = scene.path.format(**names), _filled(scene.body, names)
    if scene.form is not None:
        return path, _shown(scene.form), world.system.upload(path, **scene.form)
    return path, body, world.system.send(scene.method, path, body, once="3f6c0f54")


def _filled(told: Any, names: Names) -> Any:
    """Return a body with the names of the world in its texts."""
    if isinstance(told, dict):
        return {key: _filled(value, names) for key, value in told.items()}
    if isinstance(told, list):
        return [_filled(value, names) for value in told]
    if isinstance(told, str) and told.startswith("{") and told.endswith("}"):
        return names[told[1:-1]]
    return told


def _shown(form: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.name if isinstance(value, SimpleUploadedFile) else value
        for name, value in form.items()
    }


def _step(path: str, body: Any = None, *, by: Callable[[World], Asker] | None = None) -> Prelude:
    def make(world: World, names: Names) -> None:
        system = by(world) if by else world.system
        answer = system.post(path.format(**names), _filled(body, names))
        assert answer.status_code < 300, answer.content

    return make


def _both(*steps: Prelude) -> Prelude:
    def make(world: World, names: Names) -> None:
        for step in steps:
            step(world, names)

    return make


def _imported(world: World, names: Names) -> None:
    upload = SimpleUploadedFile("lanes.csv", CSV)
    answer = world.system.upload("rate-card-versions/{draft}/imports/".format(**names), file=upload)
    assert answer.status_code == 202, answer.content
    names["import"] = answer.json()["id"]


def _read(world: World, names: Names) -> None:
    _imported(world, names)
    world.drain()


def _understood(world: World, names: Names) -> None:
    upload = SimpleUploadedFile("lanes.csv", LIST.encode())
    answer = world.system.upload("rate-card-versions/{draft}/imports/".format(**names), file=upload)
    names["import"] = answer.json()["id"]
    world.drain()


def _previewed(world: World, names: Names) -> None:
    answer = world.system.post("invoice-previews/", {"loads": [names["ready"]]})
    names["preview"] = answer.json()["preview"]


def _credited(world: World, names: Names) -> None:
    """Free a payment: the invoice it paid is credited, and another one is there to pay."""
    answer = world.system.post(f"invoices/{names['invoice']}/credits/",
                               {"how": "rebill", "reason": "Wrong PO"})  # fmt: skip
    names["rebilled"] = answer.json()["invoice"]


def _other(world: World) -> Asker:
    return world.other


SUBMITTED = _step("rate-card-versions/{draft}/submit/", {"reason": "New year"})
APPROVED = _both(
    SUBMITTED, _step("rate-card-versions/{draft}/approve/", {"reason": "Checked"}, by=_other)
)
HOLD = _step("loads/{ready}/billing/hold/", {"reason": "Wait for the PO"})
STOPS = [
    {"sequence": 1, "kind": "PICKUP", "name": "Prairie DC", "city": "Joliet", "state": "IL",
     "postal_code": "60436", "appointment_from": "2026-12-01T08:00:00-06:00"},
    {"sequence": 2, "kind": "DELIVERY", "name": "Buckeye Foods", "city": "Columbus",
     "state": "OH", "postal_code": "43085", "appointment_from": "2026-12-02T07:00:00-05:00"},
]  # fmt: skip
EVENT = {
    "id": "evt_000123", "type": "load.check_call", "occurred_at": "2026-11-19T09:12:00-06:00",
    "load": {"number": "{planned}"},
}  # fmt: skip
WHY = {"reason": "As agreed with the customer"}
LOAD, BILLING = "loads/{planned}/", "loads/{ready}/billing/"
DRAFT, CASE = "rate-card-versions/{draft}/", "cases/{case}/"
ASKED = {
    "name": "Joliet to Columbus", "ask": {
        "customer": "{customer}", "origin": {"postal_code": "60436"},
        "destination": {"postal_code": "43085"}, "pickup_on": "2026-12-01", "miles": "377",
        "version": "{version}",
    },
}  # fmt: skip
LAYOVER = {
    "rule": "LAY-2", "code": "LAY", "name": "Layover", "trigger": "SERVICE", "service": "LAYOVER",
    "rate": "250",
}  # fmt: skip
DETENTION = {
    "rule": "DET-4", "code": "DET", "name": "Detention", "trigger": "DETENTION",
    "basis": "PER_HOUR", "rate": "65", "detention": {
        "free_times": [{"minutes": 120}, {"minutes": 180, "stop_kind": "DELIVERY"}],
        "increment_minutes": 30,
    },
}  # fmt: skip
CUBIC = {"over": "750", "pounds_per_unit": "10.4", "under_pcf": "6", "floor_class": "150"}
CHICAGO = {"members": ["604", "605", "606"]}


def _put(path: str, body: Any) -> Prelude:
    def make(world: World, names: Names) -> None:
        answer = world.system.put(path.format(**names), body)
        assert answer.status_code < 300, answer.content

    return make


def _kept(world: World, names: Names) -> None:
    """Keep a test case of the card."""
    path, body = "rate-cards/{card}/test-cases/".format(**names), _filled(ASKED, names)
    names["test"] = world.system.post(path, body).json()["id"]


SPACE = _put(f"{DRAFT}space-rules/CUBIC_FEET/", CUBIC)
ZONE = _put(f"{DRAFT}zones/Chicago/", CHICAGO)

SCENES = [
    Scene("events_create", "POST", "events/", EVENT),
    Scene("events_batch_create", "POST", "events/batch/", {"events": [EVENT]}),
    Scene("changes_list", "GET", "changes/?kind=load&size=50"),
    Scene("loads_list", "GET", "loads/?status=PLANNED&size=50"),
    Scene("loads_create", "POST", "loads/", {
        "customer": "{customer}", "references": [{"kind": "PO", "value": "45-7781"}],
        "stops": STOPS, "equipment": "REEFER53", "weight_lb": "41932", "miles": "377",
        "quoted_amount": "1850.00", "currency": "USD",
    }),
    Scene("loads_retrieve", "GET", LOAD),
    Scene("loads_change", "PATCH", LOAD, {"miles": "380.5", "reason": "Detour"}),
    Scene("loads_accept", "POST", "loads/{tender}/accept/"),
    Scene("loads_decline", "POST", "loads/{tender}/decline/",
          {"reason": "No truck there that day"}),
    Scene("loads_assign", "POST", f"{LOAD}assign/", {"carrier": "CDRF", "driver": "{driver}"}),
    Scene("loads_cancel", "POST", f"{LOAD}cancel/", {"reason": "Order withdrawn"}),
    Scene("loads_check_calls_create", "POST", f"{LOAD}check-calls/", {
        "note": "Slow traffic", "city": "Gary", "state": "IN", "stop": 2,
        "eta": "2026-11-19T08:00:00-05:00",
    }),
    Scene("loads_costs_list", "GET", f"{LOAD}costs/"),
    Scene("loads_costs_create", "POST", f"{LOAD}costs/",
          {"kind": "CARRIER_PAY", "amount": "980.00", "currency": "USD"}),
    Scene("loads_documents_list", "GET", f"{LOAD}documents/"),
    Scene("loads_documents_create", "POST", f"{LOAD}documents/",
          form={"content": SimpleUploadedFile("pod.pdf", pdf()), "kind": "POD", "stop": "2",
                "signed_by": "R. Ortega"}),
    Scene("documents_retrieve", "GET", "documents/{document}/"),
    Scene("documents_content", "GET", "documents/{document}/content/"),
    Scene("documents_accept", "POST", "documents/{document}/accept/"),
    Scene("documents_reject", "POST", "documents/{document}/reject/", {"reason": "Not signed"}),
    Scene("loads_milestones_create", "POST", f"{LOAD}milestones/",
          {"kind": "ARRIVED", "stop": 1, "occurred_at": "2026-11-18T07:05:00-06:00"}),
    Scene("loads_references_create", "POST", f"{LOAD}references/",
          {"kind": "PO", "value": "45-7781"}),
    Scene("loads_stops_change", "PATCH", f"{LOAD}stops/1/", {
        "appointment_from": "2026-11-18T09:00:00-06:00",
        "appointment_to": "2026-11-18T10:00:00-06:00",
    }),
    Scene("loads_stops_skip", "POST", "loads/{three}/stops/2/skip/",
          {"reason": "The customer called"}),
    Scene("carriers_list", "GET", "carriers/"),
    Scene("tenders_list", "GET", "tenders/"),
    Scene("billings_list", "GET", "billings/?status=READY"),
    Scene("loads_billing_retrieve", "GET", BILLING),
    Scene("loads_billing_rate", "POST", f"{BILLING}rate/"),
    Scene("loads_billing_hold", "POST", f"{BILLING}hold/", {"reason": "Wait for the PO"}),
    Scene("loads_billing_release", "POST", f"{BILLING}release/", before=HOLD),
    Scene("loads_billing_approve", "POST", "loads/{review}/billing/approve/"),
    Scene("loads_billing_issue", "POST", f"{BILLING}issue/"),
    Scene("loads_charges_list", "GET", "loads/{ready}/charges/?status=APPROVED"),
    Scene("loads_charges_create", "POST", "loads/{ready}/charges/", {
        "code": "LAY", "description": "Layover", "quantity": "1", "unit": "night",
        "rate": "250.00", "reason": "Dock closed",
    }),
    Scene("charges_retrieve", "GET", "charges/{linehaul}/"),
    Scene("charges_change", "PATCH", "charges/{charge}/",
          {"quantity": "100", "reason": "Per the map"}),
    Scene("charges_approve", "POST", "charges/{charge}/approve/", {"reason": "Seen the call"}),
    Scene("charges_hold", "POST", "charges/{linehaul}/hold/", {"reason": "Rate in doubt"}),
    Scene("charges_waive", "POST", "charges/{charge}/waive/", {"reason": "Goodwill"}),
    Scene("invoice_previews_create", "POST", "invoice-previews/", {"loads": ["{ready}"]}),
    Scene("invoice_runs_create", "POST", "invoice-runs/", {"preview": "{preview}"},
          before=_previewed),
    Scene("invoice_runs_list", "GET", "invoice-runs/"),
    Scene("invoice_runs_retrieve", "GET", "invoice-runs/{run}/"),
    Scene("invoices_list", "GET", "invoices/?status=PART_PAID"),
    Scene("invoices_retrieve", "GET", "invoices/{invoice}/"),
    Scene("invoices_pdf_retrieve", "GET", "invoices/{invoice}/pdf/",
          before=lambda world, _names: world.drain()),
    Scene("invoices_letters_create", "POST", "invoices/{invoice}/letters/",
          before=lambda world, _names: world.drain()),
    Scene("invoices_payments_list", "GET", "invoices/{invoice}/payments/"),
    Scene("invoices_payments_create", "POST", "invoices/{invoice}/payments/", {
        "amount": "300.00", "method": "ACH", "received_on": "2026-11-17", "reference": "288114",
    }),
    Scene("invoices_payments_apply", "POST", "invoices/{rebilled}/payments/{payment}/apply/",
          before=_credited),
    Scene("payments_void", "POST", "payments/{payment}/void/", {"reason": "Returned by the bank"}),
    Scene("invoices_credits_create", "POST", "invoices/{invoice}/credits/",
          {"how": "whole", "reason": "Billed to the wrong company"}),
    Scene("statement_retrieve", "GET", "statement/?customer={customer}"),
    Scene("cases_list", "GET", "cases/?status=OPEN"),
    Scene("cases_retrieve", "GET", CASE),
    Scene("cases_ways", "GET", f"{CASE}ways/"),
    Scene("cases_assign", "POST", f"{CASE}assign/", {"to": "rita@lading.example"}),
    Scene("cases_ask", "POST", f"{CASE}ask/", {"whom": "Rita", "question": "Which driver was it?"}),
    Scene("cases_comment", "POST", f"{CASE}comment/", {"comment": "The driver sends it tonight"}),
    Scene("cases_snooze", "POST", f"{CASE}snooze/", {"until": "{tomorrow}", "reason": "Tonight"}),
    Scene("cases_undo", "POST", f"{CASE}undo/",
          before=_step(f"{CASE}assign/", {"to": "rita@lading.example"})),
    Scene("cases_resolve", "POST", f"{CASE}resolve/", {
        "action": "{upload}",
        "values": {"content": {"filename": "pod.pdf", "content_base64": "{pdf}"},
                   "signed_by": "R. Ortega"},
    }),
    Scene("cases_waive", "POST", "cases/{waivable}/waive/", {"reason": "They never have one"}),
    Scene("quotes_ask", "POST", "quotes/", {
        "customer": "{customer}", "origin": {"postal_code": "60436"},
        "destination": {"postal_code": "43085"}, "pickup_on": "2026-12-01", "miles": "377",
    }),
    Scene("rate_cards_list", "GET", "rate-cards/"),
    Scene("rate_cards_create", "POST", "rate-cards/",
          {"name": "Prairie Foods, vans", "currency": "USD", "customer": "{customer}"}),
    Scene("rate_card_versions_list", "GET", "rate-cards/{card}/versions/"),
    Scene("rate_card_versions_draft", "POST", "rate-cards/{card}/versions/",
          {"effective_from": "2027-07-01", "copy_of": "{version}"}),
    Scene("rate_card_versions_retrieve", "GET", DRAFT),
    Scene("rate_card_versions_change", "PATCH", DRAFT, {"discount_percent": "2.5"}),
    Scene("rate_card_versions_checks", "GET", f"{DRAFT}checks/"),
    Scene("rate_card_versions_compare", "GET", f"{DRAFT}changes/{{version}}/"),
    Scene("rate_card_versions_export", "GET", f"{DRAFT}export.csv"),
    Scene("rate_card_versions_submit", "POST", f"{DRAFT}submit/", {"reason": "New year"}),
    Scene("rate_card_versions_approve", "POST", f"{DRAFT}approve/", {"reason": "Checked"},
          before=_step(f"{DRAFT}submit/", {"reason": "New year"}, by=_other)),
    Scene("rate_card_versions_return", "POST", f"{DRAFT}return/", {"reason": "A lane is missing"},
          before=SUBMITTED),
    Scene("rate_card_versions_publish", "POST", f"{DRAFT}publish/", {}, before=APPROVED),
    Scene("rate_card_versions_retire", "POST", "rate-card-versions/{version}/retire/",
          {"reason": "Replaced"}),
    Scene("test_cases_list", "GET", "rate-cards/{card}/test-cases/"),
    Scene("test_cases_save", "POST", "rate-cards/{card}/test-cases/", ASKED),
    Scene("test_cases_remove", "DELETE", "rate-cards/{card}/test-cases/{test}/", before=_kept),
    Scene("test_cases_expect", "POST", f"{DRAFT}test-cases/{{test}}/expect/", before=_kept),
    Scene("test_cases_run", "GET", f"{DRAFT}test-cases/"),
    Scene("lanes_list", "GET", f"{DRAFT}lanes/"),
    Scene("lanes_add", "POST", f"{DRAFT}lanes/",
          {"origin": "IL", "destination": "OH", "basis": "per_mile", "rate": "2.15"}),
    Scene("lanes_change", "PATCH", f"{DRAFT}lanes/1/",
          {"changes": {"rate": "1010.00"}, "seen": {"rate": "1000"}}),
    Scene("lanes_remove", "DELETE", f"{DRAFT}lanes/1/"),
    Scene("accessorials_list", "GET", f"{DRAFT}accessorials/"),
    Scene("accessorials_add", "POST", f"{DRAFT}accessorials/", LAYOVER),
    Scene("accessorials_retrieve", "GET", f"{DRAFT}accessorials/DET-4/"),
    Scene("accessorials_replace", "PUT", f"{DRAFT}accessorials/DET-4/", DETENTION),
    Scene("accessorials_remove", "DELETE", f"{DRAFT}accessorials/DET-4/"),
    Scene("fak_retrieve", "GET", f"{DRAFT}fak/"),
    Scene("fak_replace", "PUT", f"{DRAFT}fak/",
          {"ranges": [{"min_class": "50", "max_class": "100", "rated_class": "70"}]}),
    Scene("space_rules_list", "GET", f"{DRAFT}space-rules/", before=SPACE),
    Scene("space_rules_replace", "PUT", f"{DRAFT}space-rules/CUBIC_FEET/", CUBIC),
    Scene("space_rules_remove", "DELETE", f"{DRAFT}space-rules/CUBIC_FEET/", before=SPACE),
    Scene("zones_list", "GET", f"{DRAFT}zones/", before=ZONE),
    Scene("zones_retrieve", "GET", f"{DRAFT}zones/Chicago/", before=ZONE),
    Scene("zones_replace", "PUT", f"{DRAFT}zones/Chicago/", CHICAGO),
    Scene("zones_remove", "DELETE", f"{DRAFT}zones/Chicago/", before=ZONE),
    Scene("fuel_indexes_list", "GET", "fuel-indexes/"),
    Scene("fuel_values_list", "GET", "fuel-indexes/EIA-MW/values/?survey_from=2026-11-10"),
    Scene("fuel_values_append", "POST", "fuel-indexes/EIA-MW/values/", {
        "survey_on": "2026-11-02", "value": "3.689", "published_at": "2026-11-02T17:00:00-05:00",
        "source": "eia.gov",
    }),
    Scene("fuel_programmes_list", "GET", "fuel-programmes/"),
    Scene("fuel_programmes_create", "POST", "fuel-programmes/", {
        "name": "Prairie Foods 2027", "series": "EIA-MW", "method": "TABLE", "unit": "PER_MILE",
        "rows": [{"from_price": "3.700", "to_price": "3.749", "value": "0.46"}],
        "timing": {"lag_days": 1},
    }),
    Scene("fuel_programmes_retrieve", "GET", "fuel-programmes/{programme}/"),
    Scene("rate_imports_list", "GET", f"{DRAFT}imports/"),
    Scene("rate_imports_upload", "POST", f"{DRAFT}imports/",
          form={"file": SimpleUploadedFile("lanes.csv", CSV), "mode": "REPLACE"}),
    Scene("rate_imports_retrieve", "GET", "rate-imports/{import}/", before=_imported),
    Scene("rate_imports_answer", "PATCH", "rate-imports/{import}/",
          {"options": {"decimal": ","}}, before=_read),
    Scene("rate_imports_apply", "POST", "rate-imports/{import}/apply/", before=_understood),
    Scene("rate_imports_discard", "DELETE", "rate-imports/{import}/", before=_imported),
    Scene("insights_list", "GET", "insights/"),
    Scene("insights_retrieve", "GET", "insights/dispatch-to-invoice/"),
    Scene("insights_rows_list", "GET", "insights/dispatch-to-invoice/rows/"),
    Scene("backtests_list", "GET", "backtests/"),
    Scene("backtests_start", "POST", "backtests/", {
        "version": "{draft}", "against": "{version}", "first_on": "2026-11-01",
        "last_on": "2026-11-18",
    }),
    Scene("backtests_retrieve", "GET", "backtests/{backtest}/"),
    Scene("backtests_cancel", "POST", "backtests/{backtest}/cancel/"),
    Scene("backtests_differences_list", "GET", "backtests/{backtest}/differences/"),
    Scene("backtests_differences_sheet", "GET", "backtests/{backtest}/differences.csv"),
    Scene("backtests_problems_list", "GET", "backtests/{backtest}/problems/"),
]  # fmt: skip
