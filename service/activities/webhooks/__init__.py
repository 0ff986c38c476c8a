"""Webhooks: other systems are told what happened, signed, at least once, and never inside this network.

Belongs here: setting them up, what is sent, sending it. Does not belong here: what is told to whom; the trigger
`tell_others` writes it with what happened.
"""
