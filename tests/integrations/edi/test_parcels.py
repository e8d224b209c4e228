"""A file is cut into messages that show what was sent; nothing of it is lost or unstorable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.adapters.edi.parcels import sender_of, unpack
from integrations.adapters.edi.reading import read
from integrations.events import Profile, Raw
from tests.integrations.edi.samples import interchange, status, statuses, tender

AT7 = "AT7*X3*NS***20260304*0812*LT~"
TWO_SETS = interchange(statuses(AT7), statuses(AT7).replace("0001", "0002"), control=9)


def cut(data, *, known=True, **profile):
    content = data if isinstance(data, bytes) else data.encode()
    return unpack(content, profile_of=lambda _: Profile(**profile) if known else None)


def reading(parcel, **profile):
    return read(Raw("edi", parcel.external_id, parcel.body, Profile(**profile)))


def sentences(parcel):
    return [str(problem) for problem in parcel.problems]


def test_each_set_is_a_message_named_by_its_control_numbers():
    parcels = cut(TWO_SETS)

    assert [parcel.external_id for parcel in parcels] == [
        "PRAIRIE/LADING/000000009/9/0001", "PRAIRIE/LADING/000000009/9/0002",
    ]  # fmt: skip
    assert [reading(parcel).heard[0].kind for parcel in parcels] == ["ARRIVED", "ARRIVED"]


def test_a_message_keeps_set_and_envelope_byte_for_byte():
    text = TWO_SETS.replace("~", "~\r\n")
    second = text[text.index("ST*214*0002") : text.index("GE*2")]

    assert cut(text)[0].body.decode().strip() == text.replace(second, "").strip()


def test_bytes_that_are_no_utf8_stay_the_bytes_they_were():
    text = tender().replace("Frozen vegetables", "Crème brûlée").encode("latin-1")

    (parcel,) = cut(text)

    assert parcel.body == text
    assert reading(parcel).plan.commodity == "Crème brûlée"


def test_a_partner_that_reuses_its_numbers_is_told_apart_by_content():
    names = {
        cut(status(code), reuses_control_numbers=True)[0].external_id for code in ("X3", "AF", "X3")
    }

    assert len(names) == 2


def test_a_stranger_is_refused_with_everything_it_sent():
    (parcel,) = cut(TWO_SETS, known=False)

    assert sentences(parcel) == [
        "Segment 1: The sender ZZ/PRAIRIE (ISA05, ISA06) is no partner of this source."
    ]
    assert parcel.body.decode() == TWO_SETS


def test_positions_count_the_segments_of_the_kept_message():
    bad = TWO_SETS.replace("SE*5*0002", "SE*9*0002")

    good, refused = cut(bad)

    assert good.problems == ()
    assert sentences(refused) == ["Segment 7: SE01 says 9, but there are 5 segments."]
    assert refused.body.decode().split("~")[6].startswith("SE*9")


def test_a_bad_group_does_not_spoil_its_neighbour():
    other = TWO_SETS.replace("GE*2*9", "GE*3*9")
    group = TWO_SETS[TWO_SETS.index("GS*") : TWO_SETS.index("IEA")].replace("*9*X", "*10*X")
    text = other.replace("IEA*1", group.replace("GE*2*9", "GE*2*10") + "IEA*2")

    refused, *good = cut(text)

    assert "GE01 says 3, but there are 2" in sentences(refused)[0]
    assert [parcel.problems for parcel in good] == [(), ()]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (interchange(), "empty_interchange"),
        (TWO_SETS.replace("GE*2", "N1*X~GE*2"), "stray_segment"),
        (TWO_SETS[:-30], "cut"),
        (TWO_SETS.replace("LDNG", "LD\x00NG"), "forbidden_character"),
        (b"", "empty_file"),
        (b"\r\n\x1a", "empty_file"),
        (b"UNB+UNOA:1'", "no_interchange"),
    ],
)
def test_what_cannot_be_cut_is_one_refused_message(text, code):
    (parcel,) = cut(text)

    assert [problem.code for problem in parcel.problems] == [code]


def test_a_group_without_a_set_is_refused_beside_its_neighbour():
    empty = "GS*QM*A*B*20260301*1015*1*X*004010~GE*0*1~"
    text = TWO_SETS.replace("IEA*1", empty + "IEA*2")

    *good, refused = cut(text)

    assert [parcel.problems for parcel in good] == [(), ()]
    assert sentences(refused) == ["Segment 2: The group holds no transaction set."]


@pytest.mark.parametrize(
    ("old", "new"),
    [("SE*6*", "SE*7*"), ("*0*P*", "*0*T*"), ("IEA*1*000000008~", ""), ("SE*6*0001~", "")],
)
def test_a_refused_message_read_again_is_refused_again(old, new):
    (parcel,) = cut(status().replace(old, new))

    again = reading(parcel)

    assert parcel.problems
    assert again.problems
    assert again.is_empty


def test_a_refused_file_of_several_sets_is_never_read_in_part():
    (parcel,) = cut(TWO_SETS, known=False)

    again = reading(parcel)

    assert [problem.code for problem in again.problems] == ["several_sets"]
    assert again.is_empty


def test_read_again_it_counts_when_the_partner_is_forgiven():
    (parcel,) = cut(status().replace("SE*6*", "SE*7*"))

    again = reading(parcel, tolerates=frozenset({"count_mismatch"}))

    assert [heard.kind for heard in again.heard] == ["ARRIVED"]


def test_the_sender_of_a_message_is_found_again():
    assert sender_of(tender().encode()) == ("ZZ", "PRAIRIE")
    assert sender_of(b"\xef\xbb\xbf \r\n" + tender().encode()) == ("ZZ", "PRAIRIE")
    assert sender_of(b"hello") is None


@given(
    st.text(st.characters(codec="latin-1"), max_size=40),
    st.integers(0, len(TWO_SETS)),
    st.integers(0, len(TWO_SETS)),
    st.booleans(),
)
def test_whatever_is_torn_or_added_every_text_can_be_stored_and_read(noise, start, end, known):
    text = TWO_SETS[:start] + noise + TWO_SETS[end:]

    for parcel in cut(text.encode("latin-1"), known=known):
        found = reading(parcel)
        told = [parcel.external_id, *map(str, (*parcel.problems, *parcel.warnings))]
        told += map(str, (*found.problems, *found.warnings))
        told += [value for _, value in found.key.references] if found.key else []
        assert 0 < len(parcel.external_id) <= 200
        assert not any("\x00" in text for text in told)
