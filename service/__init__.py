"""Munui: the chat service. This package holds code only; what runs it is `service.app:create_app`."""
