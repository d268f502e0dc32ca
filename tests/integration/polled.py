#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files that nobody waits for are ready at once, as those of procfs: for
poll(2), and for epoll(7), to which some runtimes give whatever they open.

usage: polled.py FILE...
"""
import os
import select
import sys

READY = select.POLLIN | select.POLLOUT | select.POLLRDNORM | select.POLLWRNORM


def events(path):
    """What poll and epoll say of it."""
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    poll = select.poll()
    poll.register(fd, READY)
    polled = dict(poll.poll(0)).get(fd, 0)
    epoll = select.epoll()
    epoll.register(fd, select.EPOLLIN | select.EPOLLOUT)
    waited = dict(epoll.poll(0)).get(fd, 0)
    os.read(fd, 4096)
    edge = dict(epoll.poll(0)).get(fd, 0)
    epoll.close()
    os.close(fd)
    return polled, waited, edge


wanted = events("/proc/version")  # the kernel's, in every container
bad = []
for path in sys.argv[1:]:
    try:
        if events(path) != wanted:
            bad.append((path, events(path)))
    except OSError as error:
        bad.append((path, error))
print(f"{len(sys.argv) - 1} files, {wanted}")
sys.exit(f"wanted {wanted}, got {bad[:5]}" if bad or not sys.argv[1:] else 0)
