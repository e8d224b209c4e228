"""Which faults of an EDI envelope an agreement with a partner may let pass."""

# A cut or torn interchange is never among them.
FORGIVABLE = ("isa_length", "count_mismatch", "functional_code", "test_indicator")
