"""People without an account: the flow for their browser, their inquiries, and the way into an account.

Does not belong here: what they do once they are members (conversations).
"""
