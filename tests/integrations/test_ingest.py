"""Files go through the same door as the network; each message gets its sentence."""

import json
import os
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dispatch.models import Load
from exceptions.models import Case
from integrations.models import InboxMessage, Source
from tests.factories import CustomerFactory
from tests.integrations.conftest import tell_load
from tests.integrations.edi import samples

pytestmark = pytest.mark.django_db
AT7 = "AT7*X3*NS***20260304*0812*LT~"


@pytest.fixture
def ingest(tmp_path: Path):
    """Write texts to files, ingest them and return the lines that were said."""

    def ingest_texts(*texts: str | bytes, source: str = "edi", **options: object) -> list[str]:
        paths = []
        for number, text in enumerate(texts, 1):
            path = tmp_path / f"{number}.edi"
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            paths.append(str(path))
        said = StringIO()
        call_command("ingest", *paths, source=source, stdout=said, **options)
        return said.getvalue().splitlines()

    return ingest_texts


def test_a_tender_and_its_status_are_applied_and_told(edi, ingest):
    lines = ingest(samples.tender(), samples.status("X3"))

    load = Load.objects.get()
    assert load.status == "AT_PICKUP"
    assert lines == [
        f"1.edi: PRAIRIE/LADING/000000007/7/0001: processed. Load {load.number} created. "
        f"Load {load.number}: Tendered.",
        f"2.edi: PRAIRIE/LADING/000000008/8/0001: processed. Load {load.number}: Arrived.",
        "2 messages in 2 files, all kept.",
    ]


def test_a_status_in_a_file_before_its_tender_is_linked_in_the_same_run(edi, ingest):
    lines = ingest(samples.status("X3"), samples.tender())

    assert Load.objects.get().status == "AT_PICKUP"
    assert "processed" in lines[0]


def test_every_set_of_every_interchange_is_a_message_of_its_own(edi, ingest):
    two = samples.interchange(
        samples.statuses(AT7), samples.statuses(AT7).replace("0001", "0002"), control=9
    )

    lines = ingest(f"{samples.tender()}\r\n{two}")

    assert [message.external_id for message in InboxMessage.objects.order_by("id")] == [
        "PRAIRIE/LADING/000000007/7/0001",
        "PRAIRIE/LADING/000000009/9/0001",
        "PRAIRIE/LADING/000000009/9/0002",
    ]
    assert len(lines) == 4


def test_a_message_shows_its_set_in_the_envelope_it_came_in(edi, ingest):
    text = samples.status("X3")

    ingest(text)

    assert bytes(InboxMessage.objects.get().body).decode() == text


def test_the_same_file_again_changes_nothing(edi, ingest):
    ingest(samples.tender())

    lines = ingest(samples.tender())

    assert lines[0].endswith("duplicate_interchange, it had come before; nothing was done.")
    assert (InboxMessage.objects.count(), Load.objects.count()) == (1, 1)


def test_an_interchange_twice_in_one_file_is_applied_once(edi, ingest):
    lines = ingest(samples.tender() + "\n" + samples.tender())

    assert "duplicate_interchange" in lines[1]
    assert Load.objects.count() == 1


def test_a_cut_file_applies_nothing_and_says_so(edi, ingest):
    lines = ingest(samples.tender()[:-80])

    assert "failed. Segment" in lines[0]
    assert "was cut" in lines[0]
    assert not Load.objects.exists()
    assert Case.objects.get().kind == "message_unreadable"


def test_a_cut_file_sent_whole_afterwards_is_applied(edi, ingest):
    ingest(samples.tender()[:-80])

    ingest(samples.tender())

    assert Load.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00\xff\xfe", b"ISA*", b"<xml/>", b"{"])
def test_anything_else_is_kept_and_becomes_a_case(edi, ingest, content):
    lines = ingest(content)

    message = InboxMessage.objects.get()
    assert message.status == "FAILED"
    assert lines[0].startswith(f"1.edi: {message.external_id}: failed. ")
    assert Case.objects.count() == 1


def test_json_goes_through_the_same_door(tms, customer, ingest):
    lines = ingest(json.dumps(tell_load()), source="tms")

    assert Load.objects.count() == 1
    assert lines[0].startswith("1.edi: evt-0: processed. Load ")


def test_json_that_cannot_be_trusted_becomes_a_case(tms, ingest):
    ingest('{"id": "a", "id": "b"}', source="tms")

    assert Case.objects.get().detail["problems"] == ["The key 'id' comes twice in one object."]


def test_an_unknown_source_is_refused_with_the_names_there_are(edi, ingest):
    with pytest.raises(CommandError, match=r"no active source 'nobody'. There are: edi\."):
        ingest(samples.tender(), source="nobody")


def test_a_source_can_be_made_on_the_way_for_the_only_customer(customer, ingest):
    lines = ingest(samples.tender(), source="files", create=True)

    source = Source.objects.get()
    assert (source.dialect, source.default_customer) == ("mixed", customer)
    assert lines[0] == f"There was no source files: made it, for {customer}."
    assert Load.objects.get().customer == customer


def test_with_several_customers_one_must_be_named(customer, ingest):
    other = CustomerFactory(code="OTHR-0001")

    ingest(samples.tender(), source="files", create=True, customer="OTHR-0001")

    assert Load.objects.get().customer == other
    with pytest.raises(CommandError, match="no customer 'NONE'"):
        ingest(samples.tender(), source="more", create=True, customer="NONE")


def test_a_file_that_cannot_be_read_stops_before_anything_is_taken(edi, tmp_path):
    good = tmp_path / "good.edi"
    good.write_text(samples.tender())

    with pytest.raises(CommandError, match="cannot be read"):
        call_command("ingest", str(good), str(tmp_path / "none.edi"), source="edi")

    assert not InboxMessage.objects.exists()


OUTCOMES = {
    "edi204/hamburgsud_import_204.edi": ["PROCESSED"],
    "edi204/jbh_amazon_change_204.edi": ["PROCESSED"],
    "edi204/ngl_frozen_montezuma_204.edi": ["PROCESSED"],
    "edi214/aws_b2bi_214.edi": ["FAILED"] * 8,
    "edi214/aws_b2bi_214.json": ["FAILED"],
    "edi214/edifabric_ShipmentStatus.edi": ["PARKED"],
    "edi214/nmtf_pickup_to_delivery_214.edi": ["PARKED"],
    "edi_negative/edifabric_CorruptIsa.edi": ["FAILED"],
    "edi_negative/edifabric_DuplicateInterchange.edi": ["FAILED"],
    "edi_negative/sndr_bare_204_no_envelope_wrong_SE.edi": ["FAILED"],
    "webhooks/fleetbase_order_create_waypoints.json": ["FAILED"],
    "webhooks/samsara_driverDocumentSubmitted_BOL.json": ["FAILED"],
    "webhooks/samsara_geofenceEntry.json": ["IGNORED"],
    "webhooks/samsara_routeStopArrival.json": ["PARKED"],
    "webhooks/terminal49_container_updated_envelope.json": ["IGNORED"],
    "webhooks/trenova_test_RouteStopArrival_envelope.json": ["PARKED"],
}


@pytest.mark.conformance
@pytest.mark.parametrize("name", OUTCOMES)
def test_a_real_sample_ends_as_it_should(customer, name):
    path = Path(os.environ["CONFORMANCE_DATA"]) / name

    call_command("ingest", str(path), source="files", create=True, stdout=StringIO())

    messages = list(InboxMessage.objects.order_by("id"))
    assert [message.status for message in messages] == OUTCOMES[name]
    failed = [message for message in messages if message.status == "FAILED"]
    assert Case.objects.count() == len(failed)
    assert all(message.reason for message in messages)
    assert Load.objects.count() == (1 if name.startswith("edi204") else 0)


@pytest.mark.conformance
def test_every_sample_of_the_four_folders_is_expected():
    root = Path(os.environ["CONFORMANCE_DATA"])
    folders = ("edi204", "edi214", "edi_negative", "webhooks")

    found = {f"{folder}/{path.name}" for folder in folders for path in (root / folder).iterdir()}

    assert found == set(OUTCOMES)


@pytest.mark.conformance
def test_what_a_real_partner_tendered_reads_as_it_was_meant(customer):
    root = Path(os.environ["CONFORMANCE_DATA"])
    path = root / "edi204/ngl_frozen_montezuma_204.edi"

    call_command("ingest", str(path), source="files", create=True, stdout=StringIO())

    load = Load.objects.get()
    assert (load.commodity, str(load.weight_lb), load.pieces) == ("Desc1", "41932.00", 100)
    assert [(stop.city, stop.timezone) for stop in load.stops.order_by("sequence")] == [
        ("MONTEZUMA", "America/New_York"), ("WOLCOTT", "America/New_York"),
    ]  # fmt: skip
    (message,) = InboxMessage.objects.all()
    assert [warning.split(": ")[1] for warning in message.warnings] == [
        "ISA15 marks the interchange as a test.",
        "SE01 says 50, but there are 51 segments.",
    ]


@pytest.mark.conformance
def test_the_life_of_a_real_shipment_is_read_on_the_clocks_of_its_places(customer, ingest):
    root = Path(os.environ["CONFORMANCE_DATA"])
    tender = (
        samples.tender()
        .replace("S104879", "107601046").replace("L11*774109381*CN~", "")
        .replace("MONTEZUMA*GA*31063", "SUN PRAIRIE*WI*53590")
        .replace("WOLCOTT*NY*14590", "GRANGER*IA*50109")
        .replace("SE*22", "SE*21")
    )  # fmt: skip
    ingest(tender, source="files", create=True)

    path = root / "edi214/nmtf_pickup_to_delivery_214.edi"
    call_command("ingest", str(path), source="files", stdout=StringIO())

    load = Load.objects.get()
    assert load.status == "DELIVERED"
    assert load.delivered_at == datetime(2019, 12, 19, 16, 4, tzinfo=UTC)
    assert load.milestones.filter(kind="ARRIVED").count() == 2
