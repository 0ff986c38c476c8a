"""How the calls of guests are described."""

from __future__ import annotations

from service.guests import models
from service.http.operations import API, BODY, MEMBER, Body, Operation

OPERATIONS: dict[str, Operation] = {
    "guests.import_conversations": Operation(
        {201: models.Imported}, (*API, *MEMBER, *BODY), Body(models.ImportBody, models.IMPORT_MAX), needs_member=True
    ),
    "guests.flow": Operation({200: models.FlowDocument, 304: None}, has_etag=True, is_public=True, tag="Guests"),
    "guests.submit_inquiry": Operation(
        {201: models.SentInquiry, 200: models.SentInquiry},
        (*API, *BODY, "idempotency_conflict", "invalid_form", "upstream_unavailable"),
        Body(models.InquiryBody, models.INQUIRY_MAX),
        tag="Guests",
    ),
    "guest_sessions.begin": Operation(
        {201: models.GuestSession}, (*API, "not_allowed", "upstream_unavailable"), tag="Guests"
    ),
    "guest_sessions.refresh": Operation(
        {200: models.GuestSession},
        (*API, *BODY, "unauthenticated", "upstream_unavailable"),
        Body(models.GuestRefreshBody),
        tag="Guests",
    ),
    "guest_sessions.claim_session": Operation(
        {200: models.ClaimedGuest},
        (*API, *MEMBER, *BODY, "not_allowed"),
        Body(models.GuestClaimBody),
        needs_member=True,
    ),
}
