"""Two documents → one: each operation with its route in the new format, in the old one, or in both.

Where the documents disagree, the wider reading is kept and reported.
"""
