"""Events in and changes out, over HTTP."""
