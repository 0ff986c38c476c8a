"""The demo shop, and how every page is made: its frame, its language, its texts."""
