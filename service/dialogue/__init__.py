"""The dialogue as data, and its engine. Pure: it is given the flow, the ids and the time, and touches nothing else.

Does not belong here: what is kept (the stores of conversations and guests), how it looks (the browser).
"""
