"""How each figure is read, and the rows behind it: the same conditions for both."""
