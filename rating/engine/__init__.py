"""The arithmetic of a price: facts and a rate book go in, an explained quote comes out.

Nothing in here knows Django, a database, a clock or a user. `rate(facts, book)` is the only
door; everything it needs is in its two arguments, so the same arguments give the same cents
for ever.
"""
