"""How often a property is tried: often in the whole suite, less where a mutant waits for it."""

import sys

from hypothesis import settings

# The engine's tests run alone without Django, and then for each mutant.
EXAMPLES = 40 if "django" in sys.modules else 8
TRIED = settings(max_examples=EXAMPLES, deadline=None, database=None)
