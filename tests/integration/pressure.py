#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Set a PSI trigger, and wait for it: pressure.py FILE SECONDS [EVENTS]

Prints "waiting" once the trigger is set and polled for, and "event" with the
uptime in ms at each of EVENTS (1) events, which is a second of stall in two:
an interpreter that starts is none, even where it is slow. Exits with 77 when the
kernel has no pressure file for this cgroup, with 1 when no event comes within
SECONDS.
"""

import errno
import os
import select
import sys
import time

path, seconds, events = sys.argv[1], float(sys.argv[2]), sys.argv[3:] or ["1"]
fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
try:
    os.write(fd, b"some 1000000 2000000\0")
except OSError as e:
    if e.errno != errno.EOPNOTSUPP:
        raise
    print("no pressure file")
    sys.exit(77)

poll = select.poll()
poll.register(fd, select.POLLPRI)
print("waiting", flush=True)
for _ in range(int(events[0])):
    got = poll.poll(seconds * 1000)
    if not got:
        sys.exit("no event within %g s" % seconds)
    if got[0][1] & select.POLLERR:
        sys.exit("the trigger is gone")
    uptime = time.clock_gettime(time.CLOCK_BOOTTIME)
    print("event", round(uptime * 1000), flush=True)
