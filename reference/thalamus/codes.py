"""The codes of `errors`, each with what it says; a test has the service answer every one of them."""

from __future__ import annotations

CODES = {
    "Required": "the key is needed",
    "InvalidFormat": "the key has not the form that is needed",
    "InvalidId": "nothing of the partner has this id, or address",
    "NotEditable": "there is no such key, or it is shown and cannot be sent",
    "InvalidJson": "the body is no JSON object; its key is body",
    "UnsupportedMediaType": "the body is of another media type; its key is body",
    "InvalidMail": "an e-mail address is needed",
    "TouchpointCodeRequired": "touchpointCode is needed; the key is partnerDataSource",
    "InvalidTouchpointCode": "touchpointCode is none of the partner's; the key is partnerDataSource",
    "EmailAlreadyExists": "the partner has this address already; the key is partnerEmail",
    "ConnectionFailed": "the server of the source cannot be used; the sentence says why",
    "AlreadyRunning": "a run of the source is under way (409)",
    "NoResults": "there is no file to give back; the sentence says why",
    "PartnerNotActive": "the partner does no business (403)",
    "InvalidRoleForLoggedParty": "the party has not the role of partner",
}
