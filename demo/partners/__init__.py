"""Partners as processes of their own, speaking HTTP as real ones would."""
