"""What runs inside the box: a short-lived process that reads one untrusted file. Pure Python, no Django, no project.

It is started by `intake/spreadsheets.py` with an empty environment, the file on its standard input and limits on
memory, time, files and processes; it writes JSON lines and knows no path, no address and no key.
"""
