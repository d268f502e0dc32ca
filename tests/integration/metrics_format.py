# SPDX-License-Identifier: Apache-2.0
"""Is the file a text that Prometheus reads?  By prometheus_client's parser,
and by what the format asks of histograms and names."""

import sys

from prometheus_client.parser import text_string_to_metric_families


def fail(text):
    sys.exit("FAIL: " + text)


def histogram(family):
    """Buckets grow, the last is +Inf, and the count is the same."""
    rows = {}
    for s in family.samples:
        labels = {k: v for k, v in s.labels.items() if k != "le"}
        row = rows.setdefault(tuple(sorted(labels.items())), [])
        row.append((s.name, s.labels.get("le"), s.value))
    for labels, row in rows.items():
        buckets = [(float(le), v) for n, le, v in row if n.endswith("_bucket")]
        counts = [v for n, _, v in row if n.endswith("_count")]
        sums = [v for n, _, v in row if n.endswith("_sum")]
        if buckets != sorted(buckets) or buckets[-1][0] != float("inf"):
            fail("%s%s: buckets %s" % (family.name, labels, buckets))
        values = [v for _, v in buckets]
        if values != sorted(values):
            fail("%s%s is not cumulative: %s" % (family.name, labels, values))
        if len(counts) != 1 or counts[0] != values[-1] or len(sums) != 1:
            fail("%s%s: count %s, sum %s" % (family.name, labels, counts, sums))


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        text = f.read()
    seen = set()
    n = 0
    for family in text_string_to_metric_families(text):
        if not family.documentation:
            fail(family.name + " has no HELP")
        if family.type not in ("counter", "gauge", "histogram"):
            fail("%s is of type %s" % (family.name, family.type))
        if not family.name.startswith("resview_"):
            fail("a name of others: " + family.name)
        if not family.samples and family.type != "histogram":
            fail(family.name + " has no value")
        for s in family.samples:
            key = (s.name, tuple(sorted(s.labels.items())))
            if key in seen:
                fail("twice: %s" % (key,))
            seen.add(key)
            if family.type == "counter" and not s.name.endswith("_total"):
                fail("a counter without _total: " + s.name)
            if s.value < 0:
                fail("%s is %s" % (key, s.value))
            n += 1
        if family.type == "histogram":
            histogram(family)
    print("%d values" % n)


main()
