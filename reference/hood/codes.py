"""The codes of `errors`, each with what it says; a test has the service answer every one of them."""

from __future__ import annotations

OF_BODIES = {
    "invalid_length": "Content-Length is no whole number",
    "body_cut": "the body has fewer bytes than were announced",
    "invalid_host": "Host does not name this service",
    "refused": "the query has more parameters than are taken",
    "body_missing": "a JSON object is needed as the body",
    "byte_order_mark": "the body starts with a byte order mark",
    "invalid_encoding": "the body is no UTF-8",
    "invalid_json": "the body is no valid JSON; the message tells line and column",
    "not_an_object": "an object is needed",
    "too_deep": "the body is nested deeper than 32 levels",
    "duplicate_key": "a key comes more than once in an object",
    "invalid_character": "a text has a NUL character, or half a surrogate pair",
    "invalid_number": "a number is not finite, or beyond what can be stored",
    "nothing_sent": "a change says nothing",
}
OF_FIELDS = {
    "required": "the field is needed, or is needed with the others of its group",
    "null": "the field cannot be null",
    "unknown_field": "there is no such field, or none to filter, sort or search by",
    "read_only": "the field is shown and cannot be sent",
    "not_updatable": "the field is said in a create and never changed",
    "repeated": "the same is said twice",
    "not_a_text": "a text is needed",
    "too_long": "the text has too many characters",
    "blank": "the text has no visible character",
    "not_a_choice": "one of the choices is needed",
    "not_a_list": "a list of at least one value is needed",
    "too_many": "there are too many values",
    "not_an_id": "an id is a text of digits",
    "not_a_number": "a number is needed",
    "not_a_whole_number": "a whole number is needed",
    "out_of_range": "the number is beyond its bounds",
    "too_precise": "the number has too many decimals",
    "not_a_boolean": "true or false is needed",
    "not_a_country": "the two letters of a country are needed (ISO 3166)",
}
OF_QUERIES = {
    "not_a_page": "page is N or N,M",
    "unknown_view": "view is default or full",
    "unknown_operator": "the filter has no such operator",
    "not_a_range": "a range is two values, divided by a comma",
    "not_empty": "the operator takes no value",
    "not_a_time": "a time is needed, or a day",
}
OF_ROWS = {
    "unknown_id": "no row of the company has this id",
    "taken": "another partner of the company has the name",
    "archived": "the row, or what it would be under, is archived",
    "in_use": "an active campaign uses the deal",
}
CODES = {**OF_BODIES, **OF_FIELDS, **OF_QUERIES, **OF_ROWS}
