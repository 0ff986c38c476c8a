"""How the calls about settings are described."""

from __future__ import annotations

from service.http.operations import BODY, Body, Operation
from service.inbox import models as shared
from service.inbox.described import inbox_call
from service.inbox.settings import models

_ADMIN = ("not_allowed",)
_OVERTAKEN = ("settings_changed",)

OPERATIONS: dict[str, Operation] = {
    "inbox_settings.list_operators": inbox_call({200: models.OperatorList}),
    "inbox_settings.add_operator": inbox_call(
        {201: shared.Operator, 200: shared.Operator}, (*BODY, *_ADMIN), Body(models.OperatorBody)
    ),
    "inbox_settings.change_operator": inbox_call(
        {200: shared.Operator}, (*BODY, *_ADMIN, *_OVERTAKEN, "not_found"), Body(models.ChangedOperatorBody)
    ),
    "inbox_settings.list_labels": inbox_call({200: models.LabelList}),
    "inbox_settings.add_label": inbox_call(
        {201: models.Label, 200: models.Label}, (*BODY, *_ADMIN), Body(models.LabelBody)
    ),
    "inbox_settings.change_label": inbox_call(
        {200: models.Label}, (*BODY, *_ADMIN, *_OVERTAKEN, "not_found"), Body(models.ChangedLabelBody)
    ),
    "inbox_settings.delete_label": inbox_call({204: None}, (*_ADMIN, "not_found")),
    "inbox_settings.list_canned_replies": inbox_call({200: models.CannedReplyList}),
    "inbox_settings.add_canned_reply": inbox_call(
        {201: models.CannedReply, 200: models.CannedReply}, BODY, Body(models.CannedReplyBody)
    ),
    "inbox_settings.change_canned_reply": inbox_call(
        {200: models.CannedReply}, (*BODY, *_OVERTAKEN, "not_found"), Body(models.ChangedCannedReplyBody)
    ),
    "inbox_settings.delete_canned_reply": inbox_call({204: None}, ("not_found",)),
    "inbox_settings.read_hours": inbox_call({200: models.HoursSettings}),
    "inbox_settings.save_hours": inbox_call(
        {200: models.HoursSettings}, (*BODY, *_ADMIN, *_OVERTAKEN), Body(models.HoursBody)
    ),
    "inbox_settings.preview_hours": inbox_call({200: models.HoursPreview}, BODY, Body(models.ProposedHoursBody)),
}
