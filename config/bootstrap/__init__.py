"""Set-up and supervision: standard library only, so that a bare Python can run it.

`manage.py` enters through `main.py`. `up.py` and `verify.py` read as the list of what happens;
the other modules each know one thing: the places (`layout`), the environment of packages
(`venv`), the system's libraries (`libraries`), the private servers (`postgres`, `redis`, held by
a `keeper`), Lading's own processes (`processes`) and how to keep them alive (`supervisor`).
"""
