#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Open files that go from one process to another.

handed.py give SOCKET PATH...   open them, give them to who connects, and end
handed.py take SOCKET           then, for each line of numbers on stdin, say
                                what these files are: MiB of MemTotal, or the
                                error
"""
import errno
import os
import re
import socket
import sys


def give(path, names):
    files = [os.open(name, os.O_RDONLY) for name in names]
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        peer, _ = server.accept()
        socket.send_fds(peer, [b"x"], files)


def total(fd):
    try:
        text = os.pread(fd, 65536, 0).decode()
    except OSError as e:
        return errno.errorcode[e.errno]
    return str(int(re.match(r"MemTotal: *(\d+) kB\n", text)[1]) // 1024)


def take(path):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        _, files, _, _ = socket.recv_fds(client, 1, 16)
    for line in sys.stdin:
        print(*(total(files[int(i)]) for i in line.split()), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "give":
        give(sys.argv[2], sys.argv[3:])
    else:
        take(sys.argv[2])
