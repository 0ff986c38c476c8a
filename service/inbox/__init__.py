"""The operators' pages: everybody's inquiries, and the conversations of a day."""
