"""The codes of `detail.errors`, each with what it says; a test has the service answer every one of them."""

from __future__ import annotations

OF_FRAMES = {
    "invalid_length": "Content-Length is no whole number",
    "body_cut": "the body has fewer bytes than were announced",
    "invalid_host": "Host does not name this service",
    "refused": "the query has more parameters than are taken",
}
OF_HEADERS = {
    "invalid_encoding": "a header or the body is no UTF-8",
    "blank": "a header, a key or a part of one has no visible character",
    "too_long": "a text has more characters than its place takes",
    "invalid_character": "there is a NUL, a control or an invisible character where none is taken, or half a pair",
    "unknown_entity": "the address names no entity",
    "unknown_entity_token": "Entity-Token is not one of /datalayout",
    "wrong_entity_token": "Entity-Token is that of another entity than the address's",
    "idempotency_mismatch": "the Idempotency-Key was used for another request",
}
OF_JSON = {
    "body_missing": "a JSON object is needed as the body",
    "byte_order_mark": "the body starts with a byte order mark",
    "invalid_json": "the body is no valid JSON; the message tells line and column",
    "not_an_object": "the body is JSON, and no object",
    "too_deep": "the body is nested deeper than 32 levels",
    "duplicate_key": "a key comes more than once in an object",
}
OF_VALUES = {
    "required": "a field, a header or a part of a key is missing, or null where it cannot be",
    "invalid_text": "a text is needed, in quotes",
    "invalid_number": "a number is needed, or a text that is a plain decimal",
    "too_precise": "a number has more decimals than its column",
    "too_large": "a number has more digits before the point than its column",
    "out_of_range": "a whole number is beyond its column",
    "invalid_boolean": "true or false is needed, or one of the two spellings",
    "invalid_date": "a date is needed, in the form of the field",
    "invalid_time": "a time is needed, in the form of the field",
    "invalid_datetime": "a date with a time is needed, in the form of the field",
    "invalid_url": "an address is needed",
    "invalid_email": "an e-mail address is needed",
    "invalid_choice": "one of the field's choices is needed",
    "invalid_object": "an object is needed",
    "not_a_list": "a list is needed",
    "not_a_single_value": "a single value is needed, and a list came",
    "null_in_list": "a list holds null",
    "unknown_field": "the layout has no such field, and the entity takes no others",
}
OF_RECORDS = {
    "invalid_key": "the key has not the parts that it is made of",
    "key_mismatch": "Entity-Id, the body and the parts in it name different records",
    "not_found": "a PUT names a record that is not there",
    "already_exists": "a POST names a record that is there (409)",
    "unknown_reference": "a field names a record that is not there, and must not",
    "constraint": "the record breaks a rule of its table",
    "invalid_value": "the database cannot hold a value",
}
OF_PAGES = {
    "invalid_page": "page is no whole number from 1",
    "invalid_per_page": "per_page is no whole number from 1 to 1000",
    "invalid_offset": "offset is no whole number, or no multiple of limit",
    "invalid_limit": "limit is no whole number from 1 to 1000",
    "ambiguous_page": "page and offset are sent together",
    "ambiguous_cursor": "cursor is sent with what it says itself",
    "ambiguous_changed_since": "changed_since is sent with pages",
    "invalid_deletions": "deletions is neither 0 nor 1, or is asked of a walk",
    "expired_cursor": "the cursor is too old, forged, or from before a restore: walk again from page 1",
}
OF_REPORTS = {
    "invalid_job_id": "job_id is no text of 1 to 255 printable characters",
    "invalid_id": "an id is neither a number nor a text of 1 to 128 printable characters",
    "invalid_status": "a status is no number such as 200",
    "too_many": "there are more than 10,000 notifications",
}
CODES = {**OF_FRAMES, **OF_HEADERS, **OF_JSON, **OF_VALUES, **OF_RECORDS, **OF_PAGES, **OF_REPORTS}
