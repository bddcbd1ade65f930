#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Does what the probes printed agree with a log of all events?

usage: log.py TRACE latency REPORT     xrsched probe latency --json
       log.py TRACE engines REPORT     xrsched probe latency --engine --json
       log.py TRACE clients REPORT     xrsched probe latency --client --json
       log.py TRACE misses REPORT      xrsched probe misses --json
       log.py TRACE decisions REPORT   xrsched probe decisions --json
       log.py STATS kernel REPORT      kernel's own quantiles, from load, against
                                       xrsched probe latency --json

TRACE is a copy of /sys/kernel/tracing/trace in which the same load is logged.
Quantiles must be within 3 % of those of the log, everything else equal.
"""
import json
import re
import sys
from collections import defaultdict

QUANTILES = {"p50_ns": 0.5, "p90_ns": 0.9, "p99_ns": 0.99, "p999_ns": 0.999,
             "max_ns": 1.0}
LOW = {"p10_ns": 0.1, "p1_ns": 0.01, "p01_ns": 0.001, "min_ns": 0.0}
compared = 0
wrong = []


def expect(what, truth, said, tolerance=0.0, floor=0):
    global compared
    compared += 1
    if said is None or abs(said - truth) > max(abs(truth) * tolerance, floor):
        wrong.append(f"{what} is {truth}, but the probe says {said}")


def events(path):
    """The log: (event, its fields as numbers where they are)."""
    for line in open(path):
        found = re.match(r".* ([a-z_]+): (device=.*)", line)
        if not found:
            continue
        fields = dict(re.findall(r"(\w+)=(\S+)", found.group(2)))
        yield found.group(1), {key: int(value, 0) for key, value in fields.items()
                               if re.fullmatch(r"-?(0x)?[0-9a-f]+", value)
                               and not re.fullmatch(r"-?[a-f]+", value)}


def lines(path):
    return [json.loads(line) for line in open(path)]


def quantile(times, share):
    rank = -(-len(times) * round(share * 1000000) // 1000000)
    return times[max(int(rank), 1) - 1]


def check_times(what, times, said, more=()):
    times.sort()
    expect(f"{what} count", len(times), said["count"])
    for key, share in {**QUANTILES, **dict(more)}.items():
        if not times:
            if said[key] is not None:
                wrong.append(f"{what} {key}: {said[key]} of nothing")
            continue
        truth = quantile(times, share)
        exact = key == "max_ns" and truth >= 0
        # Below 1 us there is a single bucket.
        expect(f"{what} {key}", truth, said[key], 0 if exact else 0.03,
               0 if exact else 1024)


def check_latency(log, report, by):
    total = lines(report)[-1]
    slots = defaultdict(lambda: defaultdict(list))
    owner = {}
    begun = {}
    for name, e in log:
        if name == "job_complete":
            key = (e["client"],) if by == "clients" else (e["client"], e["stream"])
            if e["start_ns"]:
                slots[key]["slack"].append(e["deadline_ns"] - e["start_ns"])
                slots[key]["queueing"].append(e["start_ns"] - e["release_ns"])
            if e["outcome"] == 1:
                slots[key]["response"].append(e["finish_ns"] - e["release_ns"])
                slots[key]["service"].append(e["finish_ns"] - e["start_ns"])
        elif name == "client_wake":
            key = (e["client"],) if by == "clients" else (e["client"], e["stream"])
            slots[key]["wakeup"].append(e["awake_ns"] - e["finish_ns"])
        elif name == "layer_dispatch" and by == "engines":
            owner[e["engine"]] = e
            begun[e["engine"]] = e["seq"]
            slots[(e["engine"],)]["queueing"].append(e["now_ns"] - e["ready_ns"])
            slots[(e["engine"],)]["slack"].append(e["slack_ns"])
        elif name == "layer_complete" and by == "engines":
            start = owner[e["engine"]]
            slots[(e["engine"],)]["service"].append(e["now_ns"] - start["now_ns"])
            slots[(e["engine"],)]["response"].append(e["now_ns"] - start["ready_ns"])
    if by == "engines":
        slots = {key: slot for key, slot in slots.items() if len(key) == 1}
    names = {"latency": ("streams", ("client", "stream")),
             "engines": ("engines", ("engine",)),
             "clients": ("clients", ("client",))}[by]
    said = {tuple(slot[key] for key in names[1]): slot for slot in total[names[0]]}
    if set(said) != set(slots) or not slots:
        wrong.append(f"{names[0]} are {sorted(slots)}, not {sorted(said)}")
    for key in set(said) & set(slots):
        expect(f"{key} odd", 0, said[key]["odd"])
        for what in ("response", "queueing", "service", "wakeup"):
            if what in said[key]:
                check_times(f"{key} {what}", slots[key][what], said[key][what])
        slack = slots[key]["slack"]
        check_times(f"{key} slack", slack, said[key]["slack"], LOW)
        expect(f"{key} overdue", sum(ns < 0 for ns in slack),
               said[key]["slack"]["overdue"])


def check_kernel(stats, report):
    """The kernel's own histograms are of the same layout: equal, not near."""
    streams = {slot["stream"]: slot for slot in lines(report)[-1]["streams"]}
    for line in open(stats):
        stream, what, *values = line.split()
        if not streams[int(stream)][what]["count"]:
            continue
        for key, value in zip(QUANTILES, values):
            expect(f"{stream} {what} {key}", int(value),
                   streams[int(stream)][what][key])


def overlap(begin, end, start, stop):
    return max(0, min(end, stop) - max(begin, start))


def check_misses(log, report):
    spans = defaultdict(list)
    running = {}
    frames = []
    for name, e in log:
        if name == "layer_dispatch":
            running[e["engine"]] = e
        elif name == "layer_complete":
            start = running.pop(e["engine"])
            spans[e["engine"]].append((start["now_ns"], e["now_ns"], start))
        elif name == "job_complete":
            late = e["outcome"] == 1 and e["finish_ns"] > e["deadline_ns"]
            if late or e["outcome"] == 2:
                frames.append((e, {k: v for k, v in running.items()}))
    said = lines(report)
    misses = [line for line in said if line["kind"] == "miss"]
    expect("misses", len(frames), len(misses))
    expect("misses in all", len(frames), said[-1]["misses"])
    expect("lost", 0, said[-1]["lost"] + said[-1]["missed"])
    known = sorted(spans)
    for (e, busy), miss in zip(frames, misses):
        what = f"stream {e['stream']} frame {e['frame']}"
        expect(f"{what} frame", e["frame"], miss["frame"])
        release, finish = e["release_ns"], e["finish_ns"]
        own, held = [], defaultdict(int)
        others = []
        for engine in known:
            list_ = [span for span in spans[engine]
                     if span[0] < finish and span[1] > release]
            if engine in busy:
                list_ = [s for s in list_ if s[0] < busy[engine]["now_ns"]]
                list_.append((busy[engine]["now_ns"], finish, busy[engine]))
            for begin, end, start in list_:
                mine = (start["client"], start["stream"], start["frame"]) == \
                       (e["client"], e["stream"], e["frame"])
                (own if mine else others).append((begin, end, start))
        ran = sum(overlap(b, t, release, finish) for b, t, _ in own)
        wait = finish - release - ran
        ran_on = defaultdict(lambda: [0, 0])
        for begin, end, start in own:
            ran_on[start["engine"]][0] += overlap(begin, end, release, finish)
            ran_on[start["engine"]][1] += start["expected_ns"]
        expect(f"{what} engines it ran on", len(ran_on), len(miss["ran_on"]))
        for item in miss["ran_on"]:
            expect(f"{what} ran on {item['engine']}", ran_on[item["engine"]][0], item["ran_ns"])
            expect(f"{what} expected on {item['engine']}", ran_on[item["engine"]][1], item["expected_ns"])
        for begin, end, start in others:
            begin, end = max(begin, release), min(end, finish)
            if end > begin:
                held[start["client"], start["stream"]] += end - begin - sum(
                    overlap(begin, end, b, t) for b, t, _ in own)
        held = {key: ns for key, ns in held.items() if ns}
        expect(f"{what} waited", wait, miss["waited_ns"])
        expect(f"{what} ran", ran, miss["ran_ns"])
        expect(f"{what} engines", len(known), miss["engines"])
        expect(f"{what} incomplete", 0, miss["incomplete"])
        told = {(h["client"], h["stream"]): h for h in miss["holders"]}
        if set(told) != set(held):
            wrong.append(f"{what}: held by {sorted(held)}, not {sorted(told)}")
            continue
        whole = wait * len(known)
        for key, ns in held.items():
            expect(f"{what} held by {key}", ns, told[key]["held_ns"])
            expect(f"{what} share of {key}", ns / whole, told[key]["share"], 1e-6)
        if whole:
            expect(f"{what} idle", 1 - sum(held.values()) / whole, miss["idle"],
                   0, 1e-6)


def check_decisions(log, report):
    decided = [e for name, e in log if name == "decision"]
    said = lines(report)
    told = [line for line in said if line["kind"] == "decision"]
    expect("decisions", len(decided), len(told))
    expect("decisions in all", len(decided), said[-1]["decisions"])
    expect("lost", 0, said[-1]["lost"] + said[-1]["missed"])
    pairs = defaultdict(int)
    for e, line in zip(decided, told):
        sides = [("winner", "")] + ([("other", "other_")] if e["other"] else [])
        if e["other"]:
            pairs[e["stream"], e["other_stream"]] += 1
        elif line["other"] is not None:
            wrong.append("a runner-up that is not there")
        for side, prefix in sides:
            for key in ("stream", "frame", "layer", "engine"):
                expect(f"{side} {key}", e[prefix + key], line[side][key])
            if not e["explained"]:
                continue
            for key in ("score", "urgency", "starv", "pref", "switch"):
                expect(f"{side} {key}", e[f"{prefix}{key}_q32"] / 2**32,
                       line[side][key], 1e-6, 1e-9)
            parts = line[side]
            expect(f"{side} sum of terms", parts["score"], parts["urgency"] +
                   parts["starv"] + parts["pref"] - parts["switch"], 1e-6, 1e-6)
    expect("pairs", len(pairs), len(said[-1]["pairs"]))
    for pair in said[-1]["pairs"]:
        expect("pair", pairs[pair["stream"], pair["other"]], pair["decisions"])


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    _, source, what, report = sys.argv
    if what == "kernel":
        check_kernel(source, report)
    elif what == "misses":
        check_misses(events(source), report)
    elif what == "decisions":
        check_decisions(events(source), report)
    else:
        check_latency(events(source), report, what)
    for line in wrong[:20]:
        print("#", line)
    print(f"# {compared} figures compared, {len(wrong)} differ")
    sys.exit(bool(wrong) or not compared)


main()
