"""A believable carrier and its partners, to look at and to try things on."""
