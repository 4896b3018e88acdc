"""Licences: what must be accepted, and what the refusal says."""

import pytest

from audio_debias.errors import InputError
from audio_debias.fetching.licences import require_accepted

NON_COMMERCIAL = {
    "name": "CC BY-NC-SA 4.0",
    "url": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    "non_commercial": True,
}
FREE = {
    "name": "CC BY 4.0",
    "url": "https://creativecommons.org/licenses/by/4.0/",
    "non_commercial": False,
}


def test_non_commercial_licence_is_refused_with_its_address_and_the_line_to_add():
    with pytest.raises(InputError) as refusal:
        require_accepted("irmas", NON_COMMERCIAL, ["Other 1.0"])
    message = str(refusal.value)
    assert "\n" not in message
    assert message.startswith("irmas: ")
    assert NON_COMMERCIAL["url"] in message
    assert 'accept_licences: ["Other 1.0", "CC BY-NC-SA 4.0"]' in message


@pytest.mark.parametrize(
    "accepted", [["CC BY-NC-SA 4.0"], [" cc by-nc-sa 4.0 "], {"CC BY-NC-SA 4.0"}]
)
def test_accepted_licence_passes(accepted):
    require_accepted("irmas", NON_COMMERCIAL, accepted)


@pytest.mark.parametrize("accepted", [[], None])
def test_free_licence_needs_no_acceptance(accepted):
    require_accepted("openmic", FREE, accepted)


@pytest.mark.parametrize(
    "licence",
    [
        None,
        "CC BY 4.0",
        {},
        {**FREE, "url": ""},
        {key: value for key, value in FREE.items() if key != "non_commercial"},
        {**FREE, "non_commercial": "no"},
    ],
)
def test_incomplete_licence_is_refused(licence):
    with pytest.raises(InputError, match=r"mine: licence: needs `name`, `url` and"):
        require_accepted("mine", licence, [])


def test_a_bare_string_for_the_list_is_refused():
    with pytest.raises(InputError, match=r'accept_licences: \["CC BY-NC-SA 4.0"\]'):
        require_accepted("irmas", NON_COMMERCIAL, "CC BY-NC-SA 4.0")
