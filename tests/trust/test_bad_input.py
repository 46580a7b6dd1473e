"""The catalogue of bad input, each entry with the tests that send it, and those that nothing else sends.

Whatever comes, the answer is the envelope of its contract, a 4xx that names the fault; no record is changed, and nothing
secret is logged.
"""

from __future__ import annotations

import pytest

from datasources.api import readers
from datasources.remote import outbound
from entities.models import Product
from partners.fields.readers import Unfit
from sync.models import Delivery
from tests.conftest import Dsync
from tests.contract.answers import faults
from tests.trust.naming import missing

TRANSPORT = "tests/acceptance/test_transport.py::test_"
AUTHENTICATION = "tests/contract/test_authentication.py::test_"
FRAMING = "tests/contract/test_framing.py::test_"
PATHS = "tests/contract/test_paths.py::test_"
JSON = "tests/contract/test_bad_json.py::test_"
NUMBERS = "tests/edge/test_strict_json.py::test_"
CREATE = "tests/contract/test_create.py::test_create_"
KEY = "tests/contract/test_entity_id.py::test_entity_id_"
VALUES = "tests/entities/test_values.py::test_"
NOTIFICATION = "tests/contract/test_notification.py::test_notification_"
OUTBOUND = "tests/datasources/test_outbound.py::test_"
FOLDERS = "tests/datasources/test_remote_folders.py::test_"
GUARDS = "tests/datasources/test_importing_guards.py::test_"
RULES = "tests/datasources/test_importing_rules.py::test_"
HERE = "tests/trust/test_bad_input.py::test_"

CATALOGUE: dict[str, tuple[str, ...]] = {
    # Transport
    "no, empty, wrong, non-ASCII, 5 KB token": (
        f"{AUTHENTICATION}a_strange_token_gets_the_same_bytes_everywhere",
        f"{TRANSPORT}a_strange_token_gets_the_same_bytes",
    ),
    "revoked token": (f"{AUTHENTICATION}a_revoked_token_is_strange",),
    "expired token": (f"{AUTHENTICATION}an_expired_token_is_strange",),
    "token twice": (f"{TRANSPORT}two_tokens_are_none",),
    "Auth_Token": (
        f"{TRANSPORT}a_header_with_an_underscore_is_not_its_twin",
        f"{TRANSPORT}a_header_with_an_underscore_does_not_replace_its_twin",
    ),
    "token of the other contract": (
        "tests/edge/test_bearer.py::test_a_token_of_dsync_is_nobody_to_hood",
        "tests/edge/test_bearer.py::test_a_token_of_hood_is_unknown_to_dsync",
        "tests/partners/test_errors.py::test_token_of_the_contract_opens_no_other",
    ),
    "Content-Type missing, text, form, multipart, other charsets": (
        f"{FRAMING}a_body_that_is_not_json_in_utf8_is_unsupported",
        f"{TRANSPORT}a_body_in_anything_else_is_unsupported",
    ),
    "codec bombs in charset": (f"{TRANSPORT}a_charset_is_never_applied_to_the_query",),
    "Content-Encoding": (f"{FRAMING}a_packed_body_is_unsupported", f"{TRANSPORT}a_packed_body_is_unsupported"),
    "Accept: text/html": (f"{TRANSPORT}every_answer_is_json_whatever_is_accepted",),
    "X-HTTP-Method-Override": (f"{TRANSPORT}a_method_cannot_be_overridden",),
    "wrong Host": (f"{TRANSPORT}a_wrong_host_is_told_in_the_envelope", f"{PATHS}a_wrong_host_is_a_bad_request"),
    "150 headers": (f"{TRANSPORT}very_many_headers_are_refused_by_the_server",),
    "5 KB URI, and longer": (
        f"{TRANSPORT}an_entity_of_5_000_characters_is_a_bad_request",
        f"{TRANSPORT}a_very_long_address_is_refused_by_the_server",
    ),
    "oversized headers": (
        f"{TRANSPORT}a_very_long_header_is_refused_by_the_server",
        f"{TRANSPORT}what_the_server_itself_refuses_is_answered_in_the_envelope",
    ),
    "Content-Length twice, negative, beside Transfer-Encoding": (
        f"{TRANSPORT}a_body_of_doubtful_length_is_a_bad_request",
        f"{FRAMING}a_length_that_is_no_number_is_a_bad_request",
    ),
    "chunked": (f"{TRANSPORT}a_chunked_body_needs_a_length", f"{FRAMING}a_body_without_an_end_needs_a_length"),
    "a body shorter than announced": (
        f"{TRANSPORT}a_body_cut_by_a_client_that_waits_is_a_bad_request",
        f"{TRANSPORT}a_body_cut_by_a_client_that_leaves_is_never_applied",
        f"{FRAMING}a_body_that_ends_early_is_never_applied",
    ),
    "a body over the limit": (
        f"{TRANSPORT}a_body_over_the_limit_is_answered_before_it_is_read",
        f"{TRANSPORT}a_body_is_refused_by_what_it_announces",
    ),
    "a byte per second": (
        f"{TRANSPORT}a_body_that_comes_byte_by_byte_is_cut",
        f"{TRANSPORT}bodies_that_do_not_end_delay_nobody_for_long",
        f"{TRANSPORT}clients_that_do_not_end_their_headers_stop_nobody",
    ),
    "releases with advisories": ("tests/trust/test_floors.py::test_no_pin_is_under_its_floor",),
    # Path
    "//entity/product, trailing slashes, %2f": (
        f"{PATHS}every_route_takes_any_number_of_slashes",
        f"{TRANSPORT}slashes_do_not_matter",
    ),
    "%00, %ff, newline, other case in an entity": (f"{TRANSPORT}an_entity_of_a_strange_name_is_a_bad_request",),
    "%00, %ff, 5,000 characters in an address": (
        f"{TRANSPORT}an_address_that_no_contract_knows_is_not_found",
        f"{PATHS}an_address_that_no_contract_knows_is_not_found",
    ),
    "very many parameters": (f"{PATHS}a_query_of_very_many_parameters_is_refused",),
    # JSON
    "empty": (f"{CREATE}without_a_body_is_a_bad_request", f"{JSON}a_report_without_a_body_is_refused"),
    "null, scalar, array, comma, comments, quotes, two documents, BOM, invalid UTF-8, overlong forms, depth": (
        f"{JSON}a_body_that_is_no_object_is_refused",
        f"{JSON}a_report_that_is_no_object_is_refused",
    ),
    "NaN, Infinity, 1e400, 1e131071, 5,000 digits, over int64, duplicate keys, NUL, lone surrogates": (
        f"{JSON}a_fault_of_form_is_told_with_its_place",
        f"{JSON}a_fault_of_form_is_stored_with_the_delivery",
    ),
    "20-digit decimals": (f"{NUMBERS}numbers_are_exact", f"{CREATE}keeps_numbers_exactly"),
    "numbers that no double holds": (f"{NUMBERS}numbers_that_no_double_holds_are_not_finite",),
    "depth in any text": (f"{NUMBERS}depth_is_counted_outside_of_texts",),
    "100,000 keys": (
        f"{CREATE}names_only_the_first_of_very_many_ignored",
        "tests/entities/test_validator.py::test_large_body_is_read_in_reasonable_time",
    ),
    "a 1 MB string": (f"{JSON}strict_json_takes_what_json_is",),
    "bidi and zero-width characters in ids": (f"{CREATE}refuses_a_key_that_cannot_be_addressed",),
    "bidi and zero-width characters in keys, __proto__, dotted and empty keys": (
        f"{CREATE}ignores_names_that_only_look_like_fields",
        f"{HERE}a_name_with_a_character_that_nobody_sees_is_no_field",
    ),
    # Meaning
    "unknown field by policy": (
        f"{CREATE}names_what_it_ignored",
        f"{CREATE}refuses_what_it_does_not_know_when_told_to",
        f"{CREATE}keeps_what_it_does_not_know_when_told_to",
    ),
    "missing required": (f"{CREATE}without_the_key_is_the_published_bad_request_with_a_reason",),
    "wrong types, list for scalar and the reverse": (
        f"{VALUES}value_is_refused_with_its_code",
        f"{VALUES}value_is_refused_at_its_place_inside_another",
    ),
    "key null, empty, object, number-like": (
        f"{CREATE}refuses_a_key_that_cannot_be_addressed",
        f"{CREATE}takes_any_key_that_people_use",
    ),
    "id over 255 characters, only spaces, broken UTF-8": (
        f"{KEY}that_cannot_be_read_is_a_fault_and_never_absent",
        f"{TRANSPORT}entity_id_that_cannot_be_read_is_a_bad_request",
    ),
    "id in raw UTF-8": (f"{KEY}finds_its_record", f"{TRANSPORT}entity_id_in_raw_utf8_finds_its_record"),
    "foreign key to nothing": (f"{CREATE}stores_a_reference_to_nothing_as_given",),
    "markup, SQL, templates and formulas": (
        f"{CREATE}keeps_text_as_it_comes",
        "tests/console/test_browser_headers.py::test_every_page_loads_own_files_alone_and_has_no_inline_script",
    ),
    "formulas in exports": (
        "tests/entities/test_admin_exports.py::test_export_has_no_formulas_and_tells_empty_text_from_null",
        "tests/edge/test_sheets.py::test_no_cell_is_a_formula",
    ),
    # Others
    "notification statuses that are no number": (
        f"{NOTIFICATION}with_a_status_that_is_none_is_refused",
        f"{NOTIFICATION}with_a_status_that_no_json_has_is_refused",
    ),
    "100,000 notifications": (f"{NOTIFICATION}of_more_nodes_is_refused",),
    "job ids empty, object, 300 characters": ("tests/contract/test_set_job.py::test_set_job_refuses_what_is_no_id",),
    "pages 0, -1, 1e9, text": (
        "tests/contract/test_items.py::test_items_refuse_a_number_that_is_none",
        f"{HERE}a_page_far_beyond_the_last_is_empty_and_costs_little",
    ),
    "hosts in every disguise": (
        f"{HERE}a_private_address_is_refused_in_every_disguise",
        f"{OUTBOUND}ipv4_address_that_is_not_public_is_refused",
        f"{OUTBOUND}ipv6_address_that_is_not_public_is_refused",
        f"{OUTBOUND}number_that_a_resolver_takes_for_loopback_is_refused",
        f"{OUTBOUND}host_of_another_form_is_refused",
    ),
    "a name of which one address is private": (f"{OUTBOUND}name_of_which_one_address_is_private_is_refused",),
    "a name whose answer changes": (f"{OUTBOUND}what_was_judged_is_dialled_whatever_the_name_answers_later",),
    "working directories with .., control characters, CRLF": (
        "tests/datasources/test_api_sources.py::test_value_that_does_not_fit_is_invalid_format",
    ),
    "working directories with NUL": (f"{HERE}a_folder_with_nul_is_no_folder",),
    "remote file names": (
        f"{FOLDERS}file_of_an_odd_name_is_fetched",
        f"{FOLDERS}name_with_control_characters_is_refused_and_told",
        f"{FOLDERS}name_of_bytes_that_are_no_text_is_fetched_and_shown_escaped",
    ),
    "files empty, unclosed quotes, doubled or missing headers": (f"{RULES}file_is_refused_as_a_whole",),
    "20 GB": (f"{FOLDERS}file_over_the_limit_is_refused_before_it_is_fetched",),
    "changing while read": (f"{FOLDERS}file_that_grew_is_left_for_later",),
    "compressed bombs": (
        f"{GUARDS}file_that_unpacks_to_far_more_is_refused",
        f"{GUARDS}file_that_unpacks_beyond_the_limit_is_refused",
    ),
    "ragged rows": (f"{RULES}rows_of_other_lengths_are_refused_and_empty_ones_passed_over",),
    "BOM, other delimiters and encodings": (
        "tests/datasources/test_importing_forms.py::test_file_is_read_in_every_form",
        "tests/datasources/test_decoding.py::test_encoding_is_found_by_what_the_text_looks_like",
    ),
    "numbers in other spellings": (f"{RULES}point_is_no_decimal_point_where_commas_are",),
    "95% fewer rows": (f"{GUARDS}file_with_far_fewer_rows_is_held_until_it_is_released",),
    "nothing secret in a log": (
        f"{TRANSPORT}the_log_of_the_server_tells_no_secret_and_no_payload",
        "tests/contract/test_logs.py::test_logs_tell_no_payload_and_no_exception_message",
    ),
}


@pytest.mark.parametrize("names", CATALOGUE.values(), ids=CATALOGUE)
def test_each_entry_has_its_tests(names: tuple[str, ...]) -> None:
    assert names
    assert missing(names) == []


def test_a_test_that_nobody_wrote_is_missed() -> None:
    assert missing([f"{HERE}nothing", "tests/nowhere.py::test_x"]) == [f"{HERE}nothing", "tests/nowhere.py::test_x"]


DISGUISES = [
    *("127.0.0.1", "localhost", "169.254.169.254", "[::1]", "::1", "::ffff:127.0.0.1", "2002:7f00:1::"),
    *("64:ff9b::7f00:1", "2130706433", "0x7f.1", "0177.0.0.1", "127.0.0.1\x00.example.com", "a@127.0.0.1"),
    *("localhost.", "127.0.0.1.", "LOCALHOST", "[::ffff:7f00:1]", "[2002:7f00:1::]", "[64:ff9b::7f00:1]"),
]


@pytest.mark.parametrize("host", DISGUISES, ids=ascii)
@pytest.mark.parametrize("kind", ["FTP", "SFTP", "S3"])
def test_a_private_address_is_refused_in_every_disguise(host: str, kind: str) -> None:
    assert outbound.judge_host(host, kind)


@pytest.mark.parametrize("folder", ["/a\x00b", "\x00", "/stock\x00/../etc"], ids=ascii)
def test_a_folder_with_nul_is_no_folder(folder: str) -> None:
    with pytest.raises(Unfit):
        readers.working_directory(folder)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["na\u200bme", "\u202ename", "name\u2060", "name\ufeff"], ids=ascii)
def test_a_name_with_a_character_that_nobody_sees_is_no_field(dsync: Dsync, name: str) -> None:
    answer = dsync.post("product", {"sku": "a", name: "A"})
    assert answer.json()["detail"] == {"ignored": [name]}
    assert Product.objects.get().name is None


@pytest.mark.django_db
def test_a_page_far_beyond_the_last_is_empty_and_costs_little(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    assert dsync.items("product", "?page=1000000000").json()["data"]["items"] == []
    assert faults(dsync.items("product", "?page=1e9")) == [("page", "invalid_page")]
    assert Delivery.objects.count() == 1
