"""Channels: other systems bring messages in with a key, and tell how far the answers got.

Does not belong here: how answers go out (webhooks), the conversation at the desk (`service/inbox`).
"""
