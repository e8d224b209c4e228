"""A 214 becomes milestones; what cannot be understood becomes a problem with its place."""

from datetime import datetime

import pytest

from dispatch.models import Milestone
from integrations.adapters.edi.codes import APPOINTMENTS, REASONS, STATUSES
from integrations.adapters.edi.reading import read
from integrations.events import Profile, Raw
from tests.integrations.edi.samples import interchange, status, statuses


def reading(text, **profile):
    return read(Raw("edi", "PRAIRIE/LADING/8/8/0001", text.encode(), Profile(**profile)))


def test_a_status_becomes_a_milestone_at_its_kind_of_stop():
    (heard,) = reading(status("X3")).heard

    assert (heard.kind, heard.stop_kind) == ("ARRIVED", "PICKUP")
    assert (heard.city, heard.state) == ("MONTEZUMA", "GA")
    assert heard.moment.local == datetime(2026, 3, 4, 8, 12)
    assert heard.detail == {"status": "X3", "text": "arrived at pickup"}


def test_the_shipment_is_named_by_the_senders_number_the_pro_and_the_bill_of_lading():
    text = interchange(
        statuses("AT7*X3*NS***20260304*0812*LT~", header=["L11*MAEU2191*BM~", "L11**PO~"])
    )

    assert reading(text).key.references == (
        ("SHIPMENT_ID", "S104879"), ("PRO", "774109381"), ("BOL", "MAEU2191"),
    )  # fmt: skip


def test_a_status_without_a_time_code_leaves_the_zone_to_the_place():
    for zone in ("LT", ""):
        (heard,) = reading(status(zone=zone)).heard
        assert (heard.moment.zone, heard.moment.fallback_zone) == ("", "America/New_York")


@pytest.mark.parametrize(
    ("code", "zone"),
    [("CT", "America/Chicago"), ("ED", "-04:00"), ("UT", "+00:00"), ("05", "+05:00"),
     ("13", "-12:00"), ("20", "-05:00"), ("24", "-01:00")],
)  # fmt: skip
def test_a_time_code_names_the_zone(code, zone):
    (heard,) = reading(status(zone=code)).heard

    assert heard.moment.zone == zone


def test_each_at7_of_each_lx_is_a_milestone_in_order():
    text = interchange(
        statuses(
            "AT7*X3*NS***20260304*0812*LT~", "MS1*MONTEZUMA*GA~",
            "AT7*AF*NS***20260304*0931*LT~", "MS1*MONTEZUMA*GA~", "AT8*G*L*41932*24~", "LX*2~",
            "AT7*X1*NS***20260305*1104*LT~", "MS1*WOLCOTT*NY~",
            "AT7*D1*NS***20260305*1250*LT~", "MS1*WOLCOTT*NY~",
        )
    )  # fmt: skip

    found = reading(text)

    assert [heard.kind for heard in found.heard] == ["ARRIVED", "DEPARTED", "ARRIVED", "DELIVERED"]
    assert len({heard.source_reference for heard in found.heard}) == 4
    assert found.problems == ()


def test_the_stop_number_is_taken_from_its_qualifier():
    text = interchange(statuses("AT7*X3*NS***20260304*0812*LT~", header=["L11*3*QN~"]))

    (heard,) = reading(text).heard

    assert heard.stop_sequence == 3


def test_a_reason_is_kept_in_our_own_words():
    text = status().replace("AT7*X3*NS", "AT7*SD*UH")

    (heard,) = reading(text).heard

    assert heard.kind == "DELAYED"
    assert heard.detail["reason_text"] == "driver waiting to unload"


def test_an_appointment_status_is_a_note():
    text = status().replace("AT7*X3*NS***", "AT7***AB*NA*")

    (heard,) = reading(text).heard

    assert (heard.kind, heard.detail["text"]) == ("CHECK_CALL", "delivery appointment")


def test_longitude_and_latitude_are_read():
    text = status().replace("MS1*MONTEZUMA*GA*US", "MS1****0914726*0431836*W*N")

    (heard,) = reading(text).heard

    assert heard.detail["position"] == "43.3100, -91.7906"


@pytest.mark.parametrize(
    ("old", "new", "code", "sentence"),
    [
        ("AT7*X3*", "AT7*LY*", "unknown_status",
         "Segment 6: AT7-01 is 'LY', a status code we do not know."),
        ("AT7*X3*NS***", "AT7***ZZ*NA*", "unknown_status",
         "Segment 6: AT7-03 is 'ZZ', a status code we do not know."),
        ("AT7*X3*NS***", "AT7*X3*NS*AB*NA*", "status_missing",
         "Segment 6: AT7 has both a status and an appointment status."),
        ("AT7*X3*NS***", "AT7*****", "status_missing",
         "Segment 6: AT7 has neither a status nor an appointment status."),
        ("*0812*", "*2470*", "invalid_time",
         "Segment 6: AT7-05 to AT7-07: 20260304 2470 is no date and time."),
        ("*0812*", "**", "invalid_time",
         "Segment 6: AT7-05 to AT7-07: the date 20260304 has no time."),
        ("*20260304*", "*20260230*", "invalid_time",
         "Segment 6: AT7-05 to AT7-07: 20260230 0812 is no date and time."),
        ("*20260304*0812*", "***", "invalid_time",
         "Segment 6: AT7-05 to AT7-07: there is no date."),
        ("*LT~", "*QQ~", "invalid_time",
         "Segment 6: AT7-05 to AT7-07: the time code 'QQ' is not known."),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_one_sentence_with_its_segment(old, new, code, sentence):
    text = status()
    assert old in text

    found = reading(text.replace(old, new))

    assert found.heard == ()
    assert [(problem.code, str(problem)) for problem in found.problems] == [(code, sentence)]


def test_one_unknown_status_does_not_hold_up_the_others():
    text = interchange(
        statuses(
            "AT7*X3*NS***20260304*0812*LT~", "AT7*QQ*NS***20260304*0900*LT~",
            "AT7*AF*NS***20260304*0931*LT~",
        )
    )  # fmt: skip

    found = reading(text)

    assert [heard.kind for heard in found.heard] == ["ARRIVED", "DEPARTED"]
    assert [(problem.code, problem.value) for problem in found.problems] == [
        ("unknown_status", "QQ")
    ]


def test_a_partners_own_code_stands_for_the_known_one_of_its_profile():
    found = reading(status("LY"), aliases={"LY": "X3"})

    assert [(heard.kind, heard.detail["status"]) for heard in found.heard] == [("ARRIVED", "LY")]


def test_a_214_that_names_no_shipment_is_refused():
    found = reading(status().replace("B10*774109381*S104879*LDNG", "B10***LDNG"))

    assert [problem.code for problem in found.problems] == ["reference_missing"]


def test_a_214_without_any_status_is_told():
    text = interchange(statuses().replace("LX*1~", "").replace("SE*4", "SE*3"))

    assert [problem.code for problem in reading(text).problems] == ["empty_set"]


def test_a_segment_that_fits_nowhere_is_only_a_warning():
    found = reading(interchange(statuses("ZZZ*1~", "AT7*X3*NS***20260304*0812*LT~")))

    assert [heard.kind for heard in found.heard] == ["ARRIVED"]
    assert [str(warning) for warning in found.warnings] == ["Segment 6: ZZZ is not expected here."]


def test_an_acknowledgement_asks_for_nothing():
    text = interchange("ST*997*0001~AK1*QM*1~AK9*A*1*1*1~SE*4*0001~", code="FA")

    found = reading(text)

    assert found.ignored.code == "acknowledgement"
    assert found.is_empty


def test_a_set_we_do_not_act_upon_is_named():
    text = interchange("ST*850*0001~BEG*00~SE*3*0001~", code="PO")

    assert [str(problem) for problem in reading(text).problems] == [
        "Segment 3: A 850 is no transaction set we act upon."
    ]


def test_every_code_stands_for_a_milestone_there_is():
    kinds = {known.kind for known in (*STATUSES.values(), *APPOINTMENTS.values())}

    assert kinds <= set(Milestone.Kind.values)
    assert not kinds & {"POD_RECEIVED"}, "paperwork is a document, never assumed"
    assert {known.stop_kind for known in STATUSES.values()} == {None, "PICKUP", "DELIVERY"}
    assert all(len(text) <= 40 for text in REASONS.values())
