"""What all of HTTP shares: who may ask from where and how often, how a request is read, how an answer
is protected, described and counted.

Does not belong here: a call or a page of any feature, who a person is (accounts).
"""
