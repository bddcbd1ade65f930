#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reads a file in Prometheus' text format with Prometheus' own parser and
looks at what is in it: prometheus.py FILE streams=N engines=N devices=N."""

import math
import sys

from prometheus_client.parser import text_string_to_metric_families


def main(path, *counts):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert text.endswith("\n")
    families = list(text_string_to_metric_families(text))
    names = [family.name for family in families]
    assert len(names) == len(set(names)), "a family in two pieces"
    seen = set()
    per_kind = {"stream": set(), "engine": set(), "device": set()}
    for family in families:
        assert family.name.startswith("xrsched_"), family.name
        assert family.documentation, f"no HELP for {family.name}"
        assert family.type in ("counter", "gauge", "summary"), family
        assert family.samples, f"nothing in {family.name}"
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in seen, f"twice: {key}"
            seen.add(key)
            if family.type == "counter":
                assert sample.name.endswith("_total"), sample.name
                assert sample.value >= 0
            if "quantile" not in sample.labels:
                assert math.isfinite(sample.value), sample
            kind = family.name.split("_")[1]
            kind = kind if kind in per_kind else "device"
            labels = sample.labels
            per_kind[kind].add((labels["device"], labels.get("id")))
    for count in counts:
        kind, number = count.split("=")
        assert len(per_kind[kind[:-1]]) == int(number), (kind, per_kind)
    if "streams=0" not in counts:
        samples = {s.labels["name"]: s.value for f in families for s in f.samples
                   if s.name == "xrsched_stream_released_total"}
        assert samples["gaze"] > 0, samples
        counts_of = {s.name for f in families for s in f.samples
                     if s.name.endswith("_count")}
        # Only what the kernel counts: frames that waited, it does not.
        assert counts_of == {"xrsched_stream_response_seconds_count"}, counts_of


main(*sys.argv[1:])
