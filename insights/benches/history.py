"""A carrier with years of loads behind it, told in a few set-based statements.

Old loads are billed, posted and paid; what is open are the newest ones, as many as a house of that
size has under way. Rows that the operations would write one by one are made up by arithmetic, past
the triggers that watch single changes; the watch over open loads is the operation's own.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connections, transaction

from accounts.models import Customer, User
from accounts.operations.enrolling import create_person
from accounts.operations.keying import create_key, limit_key
from accounts.rules import Role, Scope
from dispatch.models import Load
from dispatch.operations.watching import watch_loads
from insights.benches.sizes import House

BY = "system:bench"
BLOCK = 5_000
CUSTOMERS = 40
# A run asks for more pages in a minute than a partner may.
UNHINDERED = 100_000


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: somebody of the staff, the largest customer, a key that reads everything."""

    user: User
    customer: User
    secret: str


def tell_history(house: House, *, at: datetime) -> Reader:
    """Fill an empty, migrated database; return who may read it.

    Raises psycopg.Error where the owner may not write past the triggers.
    """
    told: dict[str, datetime | int] = {
        "at": at,
        "customers": CUSTOMERS,
        "loads": house.loads,
        "moving_from": house.loads - house.active,
        "unbilled_from": house.loads - house.active - house.unbilled,
        "unpaid_from": house.loads - house.active - house.unbilled - house.unpaid,
        "unposted_from": house.loads - house.active - house.unbilled - house.unposted,
        "cases_from": max(house.loads - house.cases, 0),
    }
    with transaction.atomic():
        Customer.objects.bulk_create(
            Customer(code=f"BENCH-{n}", name=f"Customer {n}", bill_to_name=f"Customer {n}",
                     bill_to_lines="1 Main St", email="ap@bench.example", created_at=at)
            for n in range(CUSTOMERS)
        )  # fmt: skip
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in STATEMENTS:
            cursor.execute(statement, told)
    _watch(house)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    with transaction.atomic():
        user = create_person(
            "reader@bench.example", name="Reader", role=Role.BILLING_MANAGER, by=BY, at=at,
            password="", customers=(),
        )  # fmt: skip
        customer = create_person(
            "ap@bench.example", name="Accounts payable", role=Role.CUSTOMER, by=BY, at=at,
            password="", customers=tuple(Customer.objects.filter(code="BENCH-0")),
        )  # fmt: skip
        key, secret = create_key("bench", scopes=list(Scope), by=BY, at=at)
        limit_key(key, requests_per_minute=UNHINDERED, by=BY, at=at)
    return Reader(user, customer, secret)


def _watch(house: House) -> None:
    """Put the open loads under watch, as the operations do."""
    newest = Load.objects.order_by("-pk").values_list("pk", flat=True)
    ids = list(newest[: house.active + house.unbilled])
    for start in range(0, len(ids), BLOCK):
        with transaction.atomic():
            watch_loads(ids[start : start + BLOCK])


# Every second load is the largest customer's. What is active was or will be picked up within days;
# what is older was, five minutes apart.
_LOADS = """
INSERT INTO dispatch_load (number, shipment_type, equipment, trailer, commodity, weight_lb, pieces,
    piece_unit, miles, miles_source, truck, currency, quoted_amount, source, status, picked_up_at,
    delivered_at, last_milestone_at, origin_city, origin_state, destination_city,
    destination_state, pickup_from, delivery_from, stop_count, created_at, changed_at, carrier_id,
    customer_id)
SELECT 'L' || lpad(g::text, 8, '0'), 'TRUCKLOAD', 'VAN53', '', 'Dry goods', 20000 + g %% 20000, 24,
    'PLT', 200 + g %% 1500, 'bench', '', 'USD', 900 + g %% 900, 'bench', s.status,
    CASE WHEN s.status IN ('IN_TRANSIT', 'AT_DELIVERY', 'DELIVERED') THEN p.pickup END,
    CASE WHEN s.status = 'DELIVERED' THEN p.pickup + interval '20 hours' END,
    least(p.pickup, %(at)s), 'Joliet', 'IL', 'Columbus', 'OH', p.pickup,
    p.pickup + interval '20 hours', 2, p.pickup - interval '3 days', least(p.pickup, %(at)s),
    CASE WHEN s.status NOT IN ('PLANNED', 'TENDERED') THEN c.id END, cu.id
FROM generate_series(1, %(loads)s) g
CROSS JOIN LATERAL (SELECT CASE
    WHEN g > %(moving_from)s THEN (ARRAY['PLANNED', 'TENDERED', 'ACCEPTED', 'TENDERED',
        'DISPATCHED', 'AT_PICKUP', 'IN_TRANSIT', 'IN_TRANSIT', 'IN_TRANSIT', 'AT_DELIVERY']
        )[1 + g %% 10]
    WHEN g <= %(unbilled_from)s AND g %% 33 = 0 THEN 'CANCELLED'
    ELSE 'DELIVERED' END AS status) s
CROSS JOIN LATERAL (SELECT %(at)s + CASE
    WHEN s.status IN ('PLANNED', 'TENDERED', 'ACCEPTED', 'DISPATCHED')
        THEN interval '1 minute' * ((g * 7919) %% 5000 - 200)
    WHEN s.status = 'AT_PICKUP' THEN interval '-1 minute' * ((g * 7919) %% 500)
    WHEN s.status = 'IN_TRANSIT' THEN interval '-1 minute' * (60 + (g * 7919) %% 1200)
    WHEN s.status = 'AT_DELIVERY' THEN interval '-1 minute' * (1200 + (g * 7919) %% 500)
    ELSE interval '-30 hours' - interval '5 minutes' * (%(moving_from)s - g) END AS pickup) p
JOIN dispatch_carrier c ON c.scac = 'BNCH'
JOIN accounts_customer cu
    ON cu.code = 'BENCH-' || CASE g %% 2 WHEN 0 THEN 0 ELSE g %% %(customers)s END
ORDER BY g
"""

STATEMENTS = (
    """
INSERT INTO dispatch_carrier (scac, name, mc_number, is_active)
VALUES ('BNCH', 'Bench Carriers', '000000', true)
""",
    """
WITH house AS (
    INSERT INTO billing_legalentity (code, name, address_lines, city_label, country, currency,
        timezone, scac, mc_number, usdot_number, tax_number, phone, email, remit_ach,
        remit_lockbox, remit_email)
    VALUES ('BNCH', 'Bench Freight', '1 Main St', 'Chicago, CT', 'US', 'USD', 'America/Chicago',
        'BNCH', '', '', '', '', 'b@bench.example', '', '', '')
    RETURNING id)
INSERT INTO billing_series (code, prefix, last_number, entity_id)
SELECT 'INV', 'INV-', %(loads)s, id FROM house
""",
    _LOADS,
    """
INSERT INTO dispatch_stop (load_id, customer_id, sequence, kind, name, address, city, state,
    postal_code, country, timezone, appointment_from, appointment_to, is_fcfs, receiving_hours,
    status, arrived_at, departed_at)
SELECT l.id, l.customer_id, n, CASE n WHEN 1 THEN 'PICKUP' ELSE 'DELIVERY' END, 'Dock ' || n,
    '1 Dock Rd', CASE n WHEN 1 THEN l.origin_city ELSE l.destination_city END,
    CASE n WHEN 1 THEN l.origin_state ELSE l.destination_state END, '60601', 'US',
    'America/Chicago', w.due, w.due + interval '1 hour', false, '',
    CASE WHEN w.is_left THEN 'COMPLETED' WHEN w.is_here THEN 'ARRIVED' ELSE 'PENDING' END,
    CASE WHEN w.is_left OR w.is_here THEN w.due END,
    CASE WHEN w.is_left THEN w.due + interval '50 minutes' END
FROM dispatch_load l CROSS JOIN generate_series(1, 2) n
CROSS JOIN LATERAL (SELECT CASE n WHEN 1 THEN l.pickup_from ELSE l.delivery_from END AS due,
    l.status = 'DELIVERED' OR (n = 1 AND l.status IN ('IN_TRANSIT', 'AT_DELIVERY')) AS is_left,
    l.status = (ARRAY['AT_PICKUP', 'AT_DELIVERY'])[n] AS is_here) w
ORDER BY l.id, n
""",
    """
INSERT INTO dispatch_reference (load_id, customer_id, kind, value, value_key)
SELECT l.id, l.customer_id, kind, kind || '-' || l.id, kind || l.id
FROM dispatch_load l CROSS JOIN unnest(ARRAY['PRO', 'BOL', 'PO']) kind ORDER BY l.id
""",
    """
INSERT INTO dispatch_milestone (load_id, customer_id, stop_id, stop_sequence, stop_kind, kind,
    occurred_at, received_at, source_offset_minutes, source, source_reference, fact_key,
    supersedes_reference, is_retraction, city, state, recorded_by, correlation_id, detail)
SELECT s.load_id, s.customer_id, s.id, s.sequence, s.kind, m.kind, m.at, m.at, 0, 'eld', '',
    s.id || m.kind, '', false, s.city, s.state, 'source:eld', gen_random_uuid(), '{}'
FROM dispatch_stop s
CROSS JOIN LATERAL (VALUES ('ARRIVED', s.arrived_at), ('DEPARTED', s.departed_at)) m(kind, at)
WHERE m.at IS NOT NULL ORDER BY s.id
""",
    """
INSERT INTO dispatch_document (load_id, customer_id, kind, filename, content_type, pages, size,
    sha256, status, reason, currency, receipt_number, signed_by, source, received_at)
SELECT id, customer_id, 'POD', 'POD.pdf', 'application/pdf', 1, 20000,
    md5(id::text) || md5(id::text), 'ACCEPTED', '', 'USD', '', 'A. Clerk', 'desk',
    delivered_at + interval '1 hour'
FROM dispatch_load
WHERE status = 'DELIVERED'
    AND (substr(number, 2)::int <= %(unbilled_from)s OR id %% 5 <> 0) ORDER BY id
""",
    """
INSERT INTO billing_charge (load_id, customer_id, code, occurrence, description, basis, quantity,
    unit, rate, amount, currency, status, origin, reason, adjusts, explanation, made_by,
    decided_by, created_at, changed_at)
SELECT l.id, l.customer_id, c.code, 1, c.words, '', 1, 'LOAD', c.amount, c.amount, 'USD',
    'PROPOSED', 'RATED', '', false, '{}', 'rule:rating', '', l.delivered_at, l.delivered_at
FROM dispatch_load l
CROSS JOIN (VALUES ('LHS', 'Linehaul', 1200), ('FUE', 'Fuel', 180), ('DET', 'Detention', 75))
    c(code, words, amount)
WHERE l.status = 'DELIVERED' ORDER BY l.id
""",
    # A fifth of what is delivered lacks its proof, twice as many wait for an approval or a person.
    """
INSERT INTO billing_loadbilling (load_id, customer_id, status, total_amount, currency,
    blocker_count, evaluated_at, review_reason, reviewed_by, held_by, hold_reason, held_at)
SELECT id, customer_id, CASE
    WHEN status = 'CANCELLED' THEN 'NOT_BILLABLE'
    WHEN status <> 'DELIVERED' THEN 'WAITING'
    WHEN substr(number, 2)::int <= %(unbilled_from)s THEN 'INVOICED'
    WHEN id %% 5 = 0 OR id %% 10 IN (1, 6, 8) THEN 'BLOCKED'
    WHEN id %% 10 = 2 THEN 'REVIEW' ELSE 'READY' END, 1455, 'USD', 0, changed_at, '', '',
    CASE WHEN h.is_held THEN 'user:1' ELSE '' END, CASE WHEN h.is_held THEN 'Wait' ELSE '' END,
    CASE WHEN h.is_held THEN delivered_at END
FROM dispatch_load CROSS JOIN LATERAL (SELECT id %% 20 = 3 AND status = 'DELIVERED'
    AND substr(number, 2)::int > %(unbilled_from)s AS is_held) h ORDER BY id
""",
    # What was missing once stays as a row.
    """
INSERT INTO billing_blocker (load_id, customer_id, rule, subject_key, enforcement, message, action,
    owner_group, currency, opened_at, cleared_at, waived_by, waive_reason)
SELECT b.load_id, b.customer_id,
    CASE WHEN b.load_id %% 10 IN (1, 6, 8) THEN 'accessorials_approved' ELSE 'pod_accepted' END, '',
    'BLOCK', 'Something is missing', 'ask', 'biller', 'USD', l.delivered_at,
    CASE WHEN b.status <> 'BLOCKED' THEN l.delivered_at + interval '1 day' END, '', ''
FROM billing_loadbilling b JOIN dispatch_load l ON l.id = b.load_id
WHERE b.status IN ('BLOCKED', 'READY', 'REVIEW', 'INVOICED') ORDER BY b.load_id
""",
    """
INSERT INTO billing_invoice (uid, entity_id, series_id, sequence, number, kind, customer_id,
    issued_on, due_on, issued_at, issued_by, currency, net_amount, tax_amount, total_amount,
    load_count, snapshot, snapshot_sha256)
SELECT gen_random_uuid(), s.entity_id, s.id, row_number() OVER (ORDER BY l.id),
    'INV-' || lpad(l.id::text, 8, '0'), 'INVOICE', l.customer_id, l.delivered_at::date,
    l.delivered_at::date + CASE WHEN l.id %% 4 = 0 THEN 0 ELSE 30 END, l.delivered_at,
    'rule:billing', 'USD', 1455, 0, 1455, 1,
    jsonb_build_object('load', l.id, 'words', (
        SELECT string_agg(md5((l.id * n)::text), ' ') FROM generate_series(1, 40) n)), ''
FROM dispatch_load l JOIN billing_loadbilling b ON b.load_id = l.id CROSS JOIN billing_series s
WHERE b.status = 'INVOICED' ORDER BY l.id
""",
    """
INSERT INTO billing_invoiceline (invoice_id, customer_id, load_id, charge_id, position, code,
    description, basis, quantity, unit, rate, amount, currency, tax_category, tax_rate, tax_amount)
SELECT i.id, i.customer_id, c.load_id, c.id, row_number() OVER (PARTITION BY i.id ORDER BY c.id),
    c.code, c.description, '', 1, c.unit, c.rate, c.amount, 'USD', 'O', 0, 0
FROM billing_invoice i JOIN billing_charge c ON c.load_id = substr(i.number, 5)::bigint
ORDER BY i.id
""",
    """
INSERT INTO billing_billingclaim (charge_id, invoice_id, customer_id)
SELECT charge_id, invoice_id, customer_id FROM billing_invoiceline ORDER BY id
""",
    """
INSERT INTO billing_loadclaim (load_id, invoice_id, customer_id, kind, gates)
SELECT substr(number, 5)::bigint, id, customer_id, 'PRIMARY', '{}' FROM billing_invoice ORDER BY id
""",
    """
INSERT INTO billing_invoicedocument (invoice_id, customer_id, sha256, size, pages, rendered_at)
SELECT id, customer_id, md5(id::text) || md5(id::text), 26000, 1, issued_at
FROM billing_invoice ORDER BY id
""",
    """
INSERT INTO billing_invoicestate (invoice_id, customer_id, status, balance_amount, currency,
    issued_at, due_on, erp_status, erp_reference, erp_posted_at, erp_note)
SELECT i.id, i.customer_id, CASE WHEN o.is_owed THEN 'ISSUED' ELSE 'PAID' END,
    CASE WHEN o.is_owed THEN i.total_amount ELSE 0 END, 'USD',
    i.issued_at, i.due_on,
    CASE WHEN NOT o.is_new THEN 'POSTED' WHEN i.id %% 3 = 0 THEN 'FAILED' ELSE 'QUEUED' END,
    CASE WHEN o.is_new THEN '' ELSE 'JE-' || i.id END,
    CASE WHEN NOT o.is_new THEN i.issued_at END, ''
FROM billing_invoice i JOIN dispatch_load l ON l.id = substr(i.number, 5)::bigint
CROSS JOIN LATERAL (SELECT substr(l.number, 2)::int > %(unpaid_from)s AS is_owed,
    substr(l.number, 2)::int > %(unposted_from)s AS is_new) o
ORDER BY i.id
""",
    # The newest loads have the open cases; of the others one in eight had one.
    """
INSERT INTO exceptions_case (number, kind, subject_key, title, severity, is_blocking, value_amount,
    currency, owner_group, load_id, customer_id, evidence, detail, correlation_id, version, status,
    opened_at, due_at, closed_at, closed_by, resolution, close_reason)
SELECT 'EX-' || l.id, 'pod_missing', 'load:' || l.id, 'No proof of delivery',
    (ARRAY['INFO', 'WARN', 'BAD'])[1 + l.id %% 3], l.id %% 2 = 0, 10 * (l.id %% 150), 'USD',
    'biller', l.id, l.customer_id, '[]', '{}', gen_random_uuid(), 1,
    CASE WHEN o.is_open THEN 'OPEN' ELSE 'CLOSED' END, o.opened_at,
    o.opened_at + interval '1 hour' * (12 + l.id %% 48),
    CASE WHEN NOT o.is_open THEN o.opened_at + interval '8 hours' END,
    CASE WHEN o.is_open THEN '' ELSE 'rule:pod_accepted' END,
    CASE WHEN o.is_open THEN '' ELSE 'cleared' END, CASE WHEN o.is_open THEN '' ELSE 'It came' END
FROM dispatch_load l
CROSS JOIN LATERAL (SELECT substr(l.number, 2)::int > %(cases_from)s AS is_open,
    least(l.pickup_from, %(at)s) - interval '20 hours' AS opened_at) o
WHERE o.is_open OR l.id %% 8 = 0 ORDER BY l.id
""",
)
