"""Pure rules of dispatch: places and their clocks, uploads and what is in them."""
