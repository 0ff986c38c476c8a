"""The words and rules of the product. Pure: no Flask, no network, no clock."""
