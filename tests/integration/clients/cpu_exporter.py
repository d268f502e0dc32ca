#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a monitor makes of node_cpu_seconds_total, for cpu_samplers.py."""

import re
import sys
import time

import report
from memory_readers import scrape

PORT = 9102


def seconds():
    """{(CPU, mode): seconds}, and between when and when it was asked."""
    before = time.monotonic()
    text = scrape(PORT)
    return {(cpu, mode): float(value) for cpu, mode, value in re.findall(
        r'^node_cpu_seconds_total{cpu="(\d+)",mode="(\w+)"} (\S+)$',
        text, re.M)}, before, time.monotonic()


def say(rates, cpus, which=""):
    """RATES as {mode: seconds}, of CPUS CPUs."""
    whole = sum(rates.values())
    busy = rates["user"] + rates["nice"] + rates["system"]
    print(f"{which}busy={100 * busy / whole}"
          f" steal={100 * rates['steal'] / whole}"
          f" idle={100 * rates['idle'] / whole} seconds={whole / cpus}", end="")


def main():
    exporter = report.start("prometheus-node-exporter",
                            f"--web.listen-address=127.0.0.1:{PORT}")
    seconds()
    old, before_old, after_old = seconds()
    time.sleep(float(sys.argv[1]))
    new, before_new, after_new = seconds()
    delta = {key: new[key] - old[key] for key in new}
    modes = {mode for _, mode in new}
    cpus = sorted({cpu for cpu, _ in new})
    for cpu in cpus:
        say({m: delta[cpu, m] for m in modes}, 1, f"cpu={cpu} ")
        print()
    say({m: sum(delta[cpu, m] for cpu in cpus) for m in modes}, len(cpus))
    print(f" least={before_new - after_old} most={after_new - before_old}",
          flush=True)
    exporter.kill()


main()
