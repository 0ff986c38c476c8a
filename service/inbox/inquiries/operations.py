"""How the calls about inquiries and about today are described."""

from __future__ import annotations

from service.http.operations import BODY, Body, Operation, Parameter
from service.inbox.described import inbox_call
from service.inbox.inquiries import models
from service.inbox.inquiries.models import LONGEST_SEARCH, STATUSES

_SEARCH = (
    Parameter("q", {"type": "string", "maxLength": LONGEST_SEARCH}, "A text in what was filled in."),
    Parameter("status", {"type": "string", "enum": list(STATUSES)}, "Whether it is done."),
)

OPERATIONS: dict[str, Operation] = {
    "inbox_inquiries.find_inquiries": inbox_call(
        {200: models.InquiryList}, ("invalid",), query=(*_SEARCH, "limit", "cursor")
    ),
    "inbox_inquiries.mark_inquiry": inbox_call({200: models.InboxInquiry}, (*BODY, "not_found"), Body(models.MarkBody)),
    "inbox_inquiries.export_inquiries": inbox_call({200: None}, ("invalid",), query=_SEARCH, media_type="text/csv"),
    "inbox_inquiries.read_today": inbox_call({200: models.Today}),
}
