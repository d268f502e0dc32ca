#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""JSON that is meant to hurt, and what a program takes to read it.

usage: giant.py make KIND BYTES < OBJECT > TEXT
       giant.py run FILE PROGRAM [ARGUMENT]...

make: the members of OBJECT, and with them, up to BYTES long, what KIND says.
run: the program with stdin from FILE; prints its exit code, the milliseconds
of CPU that it and its children took, and the MiB of memory that they had at
most.
"""

import os
import subprocess
import sys

REPEATED = {"objects": "{}", "strings": '""', "members": '{"":0}'}


def filler(kind, length):
    """The text of one member, or of many, behind a comma."""
    if kind in REPEATED:
        item = REPEATED[kind]
        return '"x":[' + ",".join([item] * (length // (len(item) + 1))) + "]"
    if kind == "deep":
        return '"x":' + "[" * (length // 2) + "]" * (length // 2)
    if kind == "unclosed":
        return '"x":' + "[{\"a\":" * (length // 6)
    if kind == "keys":
        return ",".join(f'"{i:06x}":0' for i in range(length // 11))
    if kind == "same":
        return ",".join(['"x":0'] * (length // 6))
    if kind == "digits":
        return '"x":' + "9" * length
    if kind == "annotations":
        return ('"annotations":{' +
                ",".join(f'"io.resview.{i:06x}":""'
                         for i in range(length // 23)) + "}")
    return '"x":"' + "y" * length + '"'


def make(kind, size):
    text = sys.stdin.read().strip()
    text = f"{text[:-1]},{filler(kind, int(size) - len(text) - 16)}}}"
    sys.stdout.write(text)


def run(name, *command):
    with open(name, "rb") as stdin:
        # pylint: disable=consider-using-with
        child = subprocess.Popen(command, stdin=stdin)
    _, status, usage = os.wait4(child.pid, 0)
    print(os.waitstatus_to_exitcode(status),
          int((usage.ru_utime + usage.ru_stime) * 1000),
          usage.ru_maxrss // 1024)


if sys.argv[1] == "make":
    make(*sys.argv[2:])
else:
    run(*sys.argv[2:])
