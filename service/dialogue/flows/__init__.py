"""Dialogues as data, and the reading of them. What a flow means is the engine's business."""
