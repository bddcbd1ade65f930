#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Is "xrsched bound" a bound?

Makes tiny workloads, finds the best of all their schedules by trying every
order and every engine, and compares: the bound must not lie above the best
schedule, and no policy below it.

usage: exact.py XRSCHED SEED DIRECTORY [LOOSENESS]

Exits 1 and says why if one of these does not hold; else prints how far below
the best schedule the bound of the honest UXCost lies, 0: it is met.
"""
import itertools
import json
import random
import subprocess
import sys

MS = 1000000
PJ_PER_BYTE = 216
POLICIES = ('lookahead', 'dream-full', 'edf', 'planaria', 'fcfs')


def make(seed):
    """A workload: engines' classes, models' layers, streams."""
    rng = random.Random(seed)
    classes = rng.choice((['a'], ['a', 'a'], ['a', 'b'], ['a', 'b'], ['a', 'b', 'b']))
    streams = []
    for i in range(rng.choice((1, 2, 2, 3))):
        layers = [{c: (rng.randint(5, 60) * MS, rng.randint(1, 9) * 1000000) for c in sorted(set(classes))}
                  for _ in range(rng.choice((1, 2)))]
        up = rng.randrange(i) if i and rng.random() < 0.4 else None
        streams.append({'layers': layers, 'up': up, 'input': rng.choice((1, 5000))})
    frames = 2 if sum(len(s['layers']) for s in streams) <= 3 else 1
    return classes, streams, frames


def write(directory, classes, streams):
    def put(name, kind, content):
        with open('%s/%s.json' % (directory, name), 'w', encoding='ascii') as f:
            json.dump({'format': 'xrsched-' + kind, 'version': 1, 'name': name, **content}, f)

    put('hw', 'hardware', {'engines': [{'name': 'e%d' % i, 'class': c} for i, c in enumerate(classes)]})
    for i, s in enumerate(streams):
        put('m%d' % i, 'model', {'variants': [{
            'name': 'v', 'input_bytes': s['input'],
            'layers': [{'name': 'l', 'out_bytes': 1} for _ in s['layers']],
            'costs': {'default': {c: {'latency_ns': [layer[c][0] for layer in s['layers']],
                                      'energy_pj': [layer[c][1] for layer in s['layers']]}
                                  for c in set(classes)}}}]})
    put('sc', 'scenario', {'streams': [
        {'name': 's%d' % i, 'model': 'm%d' % i, 'fps': 10,
         **({} if s['up'] is None else {'upstream': 's%d' % s['up'], 'trigger_probability': 1})}
        for i, s in enumerate(streams)]})


def schedules(classes, streams, jobs, chosen):
    """Energy by job of every schedule that completes the chosen jobs in time."""
    done = dict.fromkeys(chosen, 0)
    ready = {j: jobs[j][1] for j in chosen}
    free = [0] * len(classes)
    used = dict.fromkeys(chosen, 0)

    def step():
        if all(done[j] == len(streams[jobs[j][0]]['layers']) for j in chosen):
            yield dict(used)
            return
        for j in chosen:
            stream, release, parent = jobs[j]
            layers = streams[stream]['layers']
            if done[j] == len(layers):
                continue
            if parent is not None and done[parent] < len(streams[jobs[parent][0]]['layers']):
                continue
            begin = max(ready[j], ready[parent] if parent is not None else 0)
            for e, c in enumerate(classes):
                ns, pj = layers[done[j]][c]
                end = max(begin, free[e]) + ns
                if end > release + 100 * MS:
                    continue
                if not done[j]:
                    pj += PJ_PER_BYTE * streams[stream]['input']
                before = ready[j], free[e]
                ready[j] = free[e] = end
                done[j] += 1
                used[j] += pj
                yield from step()
                used[j] -= pj
                done[j] -= 1
                ready[j], free[e] = before
    return step()


def score(streams, jobs, used):
    """DLV, NE and honest NE of a schedule."""
    dlv = ne = honest = 0
    for i, s in enumerate(streams):
        worst = sum(max(pj for _, pj in layer.values()) for layer in s['layers'])
        mine = [j for j, job in enumerate(jobs) if job[0] == i]
        lost = [j for j in mine if j not in used]
        energy = sum(used[j] for j in mine if j in used)
        dlv += len(lost) / len(mine) if lost else 0.5 / len(mine)
        ne += energy / (worst * len(mine))
        honest += (energy + worst * len(lost)) / (worst * len(mine))
    return dlv, ne, honest


def all_scores(classes, streams, frames):
    jobs = []
    for f in range(frames):
        first = len(jobs)
        for i, s in enumerate(streams):
            jobs.append((i, f * 100 * MS, None if s['up'] is None else first + s['up']))
    seen = set()
    for nr in range(len(jobs) + 1):
        for chosen in itertools.combinations(range(len(jobs)), nr):
            if any(jobs[j][2] is not None and jobs[j][2] not in chosen for j in chosen):
                continue
            for used in schedules(classes, streams, jobs, chosen):
                seen.add(score(streams, jobs, used))
    return seen


def main():
    xrsched, seed, directory = sys.argv[1:4]
    classes, streams, frames = make(int(seed))
    write(directory, classes, streams)
    command = [xrsched, 'bound', directory + '/sc.json', '--hw', directory + '/hw.json', '--seconds',
               str(frames / 10), '--json']
    for policy in POLICIES:
        command += ['-p', policy]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    scores = all_scores(classes, streams, frames)
    best = min(dlv * honest for dlv, _, honest in scores)
    wrong = []
    if answer['bound']['uxcost_honest'] > best * (1 + 1e-6) + 1e-9:
        wrong.append('honest bound %g is above a schedule with %g' % (answer['bound']['uxcost_honest'], best))
    least = min(dlv for dlv, _, _ in scores)
    if answer['bound']['dlv'] > least * (1 + 1e-6) + 1e-9:
        wrong.append('DLV bound %g is above a schedule with %g' % (answer['bound']['dlv'], least))
    for row in answer['policies']:
        if row['uxcost_honest'] < best * (1 - 1e-6):
            wrong.append('%s has %g, less than the best schedule %g' % (row['policy'], row['uxcost_honest'], best))
        good = min(dlv * ne for dlv, ne, _ in scores if dlv <= row['dlv'] * (1 + 1e-9))
        if row['uxcost_bound'] > good * (1 + 1e-6) + 1e-9:
            wrong.append('%s: bound %g is above a schedule with %g' % (row['policy'], row['uxcost_bound'], good))
    for line in wrong:
        print('seed %s: %s' % (seed, line), file=sys.stderr)
    print('%.6f' % (1 - answer['bound']['uxcost_honest'] / best))
    return bool(wrong)


if __name__ == '__main__':
    sys.exit(main())
