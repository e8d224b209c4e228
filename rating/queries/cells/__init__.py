"""What stands in a cell of a rate sheet: places, rates, bases, breaks; read and written alike.

Whatever `spell_...` writes, `read_...` reads back to the same. A cell that cannot be read raises
`Unclear` with what is wanted there, in words for the person who typed it.
"""
