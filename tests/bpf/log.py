#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Does what the probes printed agree with a log of all events?

usage: log.py TRACE latency REPORT     xrsched probe latency --json
       log.py TRACE engines REPORT     xrsched probe latency --engine --json
       log.py TRACE clients REPORT     xrsched probe latency --client --json
       log.py TRACE misses REPORT      xrsched probe misses --json
       log.py TRACE decisions REPORT   xrsched probe decisions --json
       log.py TRACE skipped REPORT     xrsched probe misses --json: the kernel has
                                       skipped programs, which it says and marks
       log.py TRACE skipped-late REPORT   the same, marks excepted
       log.py TRACE counted REPORT     xrsched probe latency --json, the same
       log.py TRACE decided REPORT     xrsched probe decisions --json, the same
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


def named(what, truth, said):
    global compared
    compared += 1
    if truth != said:
        wrong.append(f"{what} is called {truth}, but the probe says {said}")


def events(path):
    """The log: (event, its fields as numbers where they are)."""
    for line in open(path):
        found = re.match(r".* ([a-z_]+): (device=.*)", line)
        if not found:
            continue
        fields = dict(re.findall(r"(\w+)=(\S+)", found.group(2)))
        yield found.group(1), {key: value if key == "name" else int(value, 0)
                               for key, value in fields.items()
                               if key == "name" or
                               re.fullmatch(r"-?(0x)?[0-9a-f]+", value)
                               and not re.fullmatch(r"-?[a-f]+", value)}


class Names:
    """What streams and engines are called; an engine's number is used again."""
    def __init__(self):
        self.stream = {None: None}
        self.engine = {}
        self.present = {}
        self.worked = set()

    def learn(self, name, e):
        if name == "stream_create":
            self.stream[e["client"], e["stream"]] = e["name"]
        elif name == "layer_dispatch":
            self.worked.add(self.which(e))
        elif name == "engine_state" and not e["present"]:
            self.present.pop(e["engine"], None)
        elif name == "engine_state" and not e["seq"] and e["engine"] not in self.present:
            number = e["engine"]
            life = 0
            while (number, life) in self.worked:
                life += 1
            self.present[number] = (number, life)
            self.engine[number, life] = e["name"]

    def which(self, e):
        return self.present[e["engine"]]


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
    names = Names()
    for name, e in log:
        names.learn(name, e)
        if name == "job_complete" and by != "engines":
            key = (e["client"],) if by == "clients" else (e["client"], e["stream"])
            if e["start_ns"]:
                slots[key]["slack"].append(e["deadline_ns"] - e["start_ns"])
                slots[key]["queueing"].append(e["start_ns"] - e["release_ns"])
            if e["outcome"] == 1:
                slots[key]["response"].append(e["finish_ns"] - e["release_ns"])
                slots[key]["service"].append(e["finish_ns"] - e["start_ns"])
        elif name == "client_wake" and by != "engines":
            key = (e["client"],) if by == "clients" else (e["client"], e["stream"])
            slots[key]["wakeup"].append(e["awake_ns"] - e["woken_ns"])
        elif name == "layer_dispatch" and by == "engines":
            owner[names.which(e)] = e
            slots[names.which(e)]["queueing"].append(e["now_ns"] - e["ready_ns"])
            slots[names.which(e)]["slack"].append(e["slack_ns"])
        elif name == "layer_complete" and by == "engines":
            start = owner[names.which(e)]
            slots[names.which(e)]["service"].append(e["now_ns"] - start["now_ns"])
            slots[names.which(e)]["response"].append(e["now_ns"] - start["ready_ns"])
    if by == "engines":
        slots = {key: slot for key, slot in slots.items() if "service" in slot
                 and key in names.engine}
    members = {"latency": ("streams", ("client", "stream")),
             "engines": ("engines", ("engine",)),
             "clients": ("clients", ("client",))}[by]
    said = {}
    for slot in total[members[0]]:
        key = tuple(slot[key] for key in members[1])
        if by == "engines":
            life = 0
            while (*key, life) in said:
                life += 1
            key = (*key, life)
        said[key] = slot
    if set(said) != set(slots) or not slots:
        wrong.append(f"{members[0]} are {sorted(slots)}, not {sorted(said)}")
    for key in set(said) & set(slots):
        expect(f"{key} odd", 0, said[key]["odd"])
        if by != "clients":
            named(f"{by} {key}", (names.engine if by == "engines" else names.stream)[key],
                  said[key]["name"])
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


def expect_missed(total):
    global compared
    compared += 1
    if not total["missed"]:
        wrong.append("programs were skipped, but nothing is missed")


def check_counted(log, report):
    """Each frame was counted or missed."""
    total = lines(report)[-1]
    expect_missed(total)
    ended = sum(name == "job_complete" for name, _ in log)
    counted = sum(sum(stream[key] for key in ("completed", "dropped", "cancelled", "failed"))
                  for stream in total["streams"])
    print(f"# {ended} frames ended, {counted} counted, {total['missed']} missed")
    if counted == ended or counted + total["missed"] < ended:
        wrong.append(f"{ended} frames ended, {counted} were counted, {total['missed']} missed")


def check_decided(log, report):
    total = lines(report)[-1]
    expect_missed(total)
    decided = sum(name == "decision" for name, _ in log)
    told = total["decisions"] + total["lost"] + total["missed"]
    print(f"# {decided} decisions, {total['decisions']} counted, {total['lost']} lost, "
          f"{total['missed']} missed")
    if decided > told:
        wrong.append(f"{decided} decisions, but {told} are told of")


def overlap(begin, end, start, stop):
    return max(0, min(end, stop) - max(begin, start))


def check_misses(log, report, skipped=None):
    spans = defaultdict(list)
    running = {}
    frames = []
    sums = defaultdict(lambda: defaultdict(int))
    names = Names()
    for name, e in log:
        names.learn(name, e)
        if name == "layer_dispatch":
            running[names.which(e)] = e
        elif name == "layer_complete":
            start = running.pop(names.which(e))
            spans[names.which(e)].append((start["now_ns"], e["now_ns"], start))
        elif name == "job_complete":
            late = e["outcome"] == 1 and e["finish_ns"] > e["deadline_ns"]
            if late or e["outcome"] == 2:
                frames.append((e, {k: v for k, v in running.items()},
                               sorted(names.present.values())))
    said = lines(report)
    misses = [line for line in said if line["kind"] == "miss"]
    if skipped:
        expect_missed(said[-1])
        if skipped == "skipped-late":
            return
        misses = [miss for miss in misses if not miss["incomplete"]]
        told = {(miss["client"], miss["stream"], miss["frame"]) for miss in misses}
        frames = [frame for frame in frames if
                  (frame[0]["client"], frame[0]["stream"], frame[0]["frame"]) in told]
        print(f"# {len(misses)} of {said[-1]['misses']} misses are complete, "
              f"{said[-1]['missed']} events missed")
    else:
        expect("misses in all", len(frames), said[-1]["misses"])
        expect("lost", 0, said[-1]["lost"] + said[-1]["missed"])
    expect("misses", len(frames), len(misses))
    for (e, busy, known), miss in zip(frames, misses):
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
                (own if mine else others).append((begin, end, start, engine))
        ran = sum(overlap(b, t, release, finish) for b, t, *_ in own)
        wait = finish - release - ran
        ran_on = defaultdict(lambda: [0, 0])
        for begin, end, start, engine in own:
            ran_on[names.engine[engine]][0] += overlap(begin, end, release, finish)
            ran_on[names.engine[engine]][1] += start["expected_ns"]
        expect(f"{what} engines it ran on", len(ran_on), len(miss["ran_on"]))
        for item in miss["ran_on"]:
            expect(f"{what} ran on {item['name']}", ran_on[item["name"]][0], item["ran_ns"])
            expect(f"{what} expected on {item['name']}", ran_on[item["name"]][1], item["expected_ns"])
        for begin, end, start, engine in others:
            begin, end = max(begin, release), min(end, finish)
            if end > begin:
                ns = end - begin - sum(overlap(begin, end, b, t) for b, t, *_ in own)
                held[start["client"], start["stream"]] += ns
                sums[e["client"], e["stream"]][
                    start["client"], start["stream"], start["layer"]] += ns
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
        expect(f"{what} down", 0, miss["down"])
        for key, ns in held.items():
            expect(f"{what} held by {key}", ns, told[key]["held_ns"])
            expect(f"{what} share of {key}", ns / whole, told[key]["share"], 1e-6)
        if whole:
            expect(f"{what} idle", 1 - sum(held.values()) / whole, miss["idle"],
                   0, 1e-6)


    if skipped:
        return
    for stream in said[-1]["streams"]:
        layers = sums[stream["client"], stream["stream"]]
        for holder in stream["holders"]:
            who = holder["client"], holder["stream"]
            what = f"{stream['name']}: held by {holder['name']}"
            named(what, names.stream[who], holder["name"])
            longest = max(ns for key, ns in layers.items() if key[:2] == who)
            expect(f"{what}: longest layer", longest, layers[*who, holder["layer"]])
            if holder["held_ns"]:
                expect(f"{what}: its share", longest / holder["held_ns"],
                       holder["layer_share"] / holder["share"], 1e-6)


def check_decisions(log, report):
    decided = []
    names = Names()
    for name, e in log:
        names.learn(name, e)
        if name == "decision":
            decided.append(e)
    said = lines(report)
    told = [line for line in said if line["kind"] == "decision"]
    expect("decisions", len(decided), len(told))
    expect("decisions in all", len(decided), said[-1]["decisions"])
    expect("lost", 0, said[-1]["lost"] + said[-1]["missed"])
    pairs = defaultdict(int)
    for e, line in zip(decided, told):
        sides = [("winner", "")] + ([("other", "other_")] if e["other"] else [])
        if e["other"]:
            pairs[e["client"], e["stream"], e["other_client"], e["other_stream"]] += 1
        elif line["other"] is not None:
            wrong.append("a runner-up that is not there")
        for side, prefix in sides:
            for key in ("client", "stream", "frame", "layer", "engine"):
                expect(f"{side} {key}", e[prefix + key], line[side][key])
            named(side, names.stream[e[prefix + "client"], e[prefix + "stream"]],
                  line[side]["name"])
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
        winner, other = (pair["client"], pair["stream"]), (pair["other_client"], pair["other"])
        expect(f"pair {winner} {other}", pairs[*winner, *other], pair["decisions"])
        named(winner, names.stream[winner], pair["name"])
        named(other, names.stream[other], pair["other_name"])
        terms = {key: pair[key] for key in ("urgency", "starv", "pref", "switch")}
        best = max(terms, key=terms.get)
        named("what was decisive", best if terms[best] > 0 else None, pair["decisive"])


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    _, source, what, report = sys.argv
    if what == "kernel":
        check_kernel(source, report)
    elif what in ("misses", "skipped", "skipped-late"):
        check_misses(events(source), report, what if what != "misses" else None)
    elif what == "counted":
        check_counted(events(source), report)
    elif what == "decided":
        check_decided(events(source), report)
    elif what == "decisions":
        check_decisions(events(source), report)
    else:
        check_latency(events(source), report, what)
    for line in wrong[:20]:
        print("#", line)
    print(f"# {compared} figures compared, {len(wrong)} differ")
    sys.exit(bool(wrong) or not compared)


main()
