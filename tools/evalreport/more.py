# SPDX-License-Identifier: GPL-2.0-only
"""Sections that need runs of another kind: lengths, cascades, XRBench, convergence, the bound."""
import json
import os
import statistics
import subprocess

from evalreport.lines import (BUILD, CELLS, DEFAULT, FIRST, FULL, HARDWARE, LENGTHS, LOADS, MEASURED, POLICIES, PROBABILITIES,
                              SCENARIOS, SECONDS, SEEDS, STANDARD, SWEPT, XRSCHED, by_load, cached, cells_of, geometric_mean, read,
                              source)
from evalreport.tables import gnuplot, percent, relative, table

CONVERGENCE = ['VR_Gaming', '4k-1ws2os', '0.8', '30']
BOUNDED = [DEFAULT, FULL, 'edf', 'llf', 'planaria']


def lengths(out):
    out.append('## Length of the run\n\n')
    out.append('UXCost of dream-full relative to each policy, for runs of other lengths. Where a policy misses nothing its DLV '
               'is 1/(2n) for n frames, which falls as runs get longer, so ratios of such cells have no limit and the figures '
               f'above hold for {SECONDS} s only. The search of dream-tuned and dream-full for α and β also takes seconds to '
               'settle.\n\n')
    out.append(''.join(source('length-' + length) for length in LENGTHS))
    for load in STANDARD:
        rows = {length: by_load(read('length-' + length)[0])[load] for length in LENGTHS}
        out.append(f'Load {load}:\n\n' + table(
            ['against'] + [length + ' s' for length in LENGTHS],
            [[p] + [relative(rows[length]['reduction_vs'][p]) for length in LENGTHS] for p in MEASURED]) + '\n')


def veltair(out):
    loads = by_load(read('veltair')[0])
    out.append('## Veltair on the fastest idle engine\n\n' + source('veltair') + 'UXCost of dream-full over that of:\n\n')
    out.append(table(['against'] + STANDARD, [
        [p] + [relative(loads[load]['reduction_vs'][p]) for load in STANDARD]
        for p in ('veltair', 'veltair,veng=fastest')]) + '\n')


def cascades(out):
    summaries, _ = read('cascade')
    by = {s['cascade']: s for s in summaries}
    out.append('## Cascade probability\n\n' + source('cascade'))
    out.append(f"Of {', '.join(SWEPT)} only, at load 0.8, in the scenarios that have cascades: all policies at all loads would take as "
               'long as all else on this page. Others, and other loads: `xrsched eval --policy … --load … --cascade …`.\n\n')
    for policy, prefix in ((FULL, ''), (DEFAULT, 'default_')):
        names = [p for p in SWEPT if p != policy]
        out.append(f'{policy}:\n\n' + table(['against'] + PROBABILITIES, [
            [p] + [relative(by[c][prefix + 'reduction_vs'][p]) for c in PROBABILITIES] for p in names]) + '\n')
    names = SWEPT[1:]
    rows = [[p] + [1 - by[p]['reduction_vs'][o] for o in names] for p in PROBABILITIES]
    out.append(gnuplot('cascade', """
set title 'Cascade probability, load 0.8'
set xlabel 'probability of a triggered frame'
set ylabel 'UXCost of dream-full relative to the policy' noenhanced
set key outside right noenhanced
set grid
set yrange [0:*]
plot """ + ', '.join(f"$data using 1:{i + 2} with linespoints title '{p}'" for i, p in enumerate(names)) + '\n',
                       {'data': rows}))


def xrbench(out):
    """XRBench's scenarios, which no constant was chosen for."""
    summaries, runs = read('xrbench')
    scores, s = cells_of(runs, 'xrbench'), summaries[0]
    names = sorted({cell[1] for cell in scores})
    out.append('## XRBench\'s scenarios\n\n' + source('xrbench'))
    out.append(f'{len(names)} scenarios × {len({c[2] for c in scores})} configurations, cost set asis. Overall score of '
               'XRBench, 0 … 100, more is better: means over the configurations.\n\n')
    short = [name.replace('xrbench-', '') for name in names]
    rows = []
    for policy in POLICIES:
        by = {name: statistics.fmean(v[policy] for c, v in scores.items() if c[1] == name) for name in names}
        rows.append([policy, percent(statistics.fmean(by.values()))] + [percent(by[name]) for name in names])
    out.append(table(['policy', 'all'] + short, rows) + '\n')
    out.append('UXCost of dream-full and of the default relative to each policy, and the deadlines that this missed:\n\n')
    out.append(table(['policy', 'dream-full over it', f'{DEFAULT} over it', 'missed, %'], [
        [p, relative(s['reduction_vs'].get(p)), relative(s['default_reduction_vs'].get(p)), percent(s['missed'][p])]
        for p in POLICIES]) + '\n')


def tuner_path():
    """Alpha and beta over time, from a recording's timeline."""
    scenario, hw, load, seconds = CONVERGENCE
    recording, timeline = (os.path.join(BUILD, 'eval', 'convergence.' + kind) for kind in ('rec', 'json'))
    words = ['sim', scenario, '--hw', hw, '--load', load, '--seconds', seconds, '--seed', str(FIRST), '-p', FULL]
    subprocess.run([XRSCHED] + words + ['--record', recording], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([XRSCHED, 'trace', recording, '-o', timeline], check=True, stdout=subprocess.DEVNULL)
    with open(timeline, encoding='utf-8') as file:
        events = json.load(file)['traceEvents']
    os.remove(recording)
    os.remove(timeline)
    paths = {name: [[e['ts'] / 1e6, e['args'][name]] for e in events if e['ph'] == 'C' and e['name'] == name]
             for name in ('alpha', 'beta')}
    for rows in paths.values():
        rows.append([float(seconds), rows[-1][1]])
    return 'xrsched ' + ' '.join(words) + ' --record FILE', paths


def convergence(out):
    line, paths = tuner_path()
    times = sorted({at for rows in paths.values() for at, _ in rows})
    pairs = [tuple([value for at, value in rows if at <= time][-1] for rows in paths.values()) for time in times]
    changes = [time for time, before, pair in zip(times[1:], pairs, pairs[1:]) if pair != before]
    out.append('## How α and β converge\n\n' + f'`{line}`, then `xrsched trace`\n\n')
    out.append(f'The pair changes {len(changes)} times, for the last time after {changes[-1]:.0f} s, and ends as '
               f"α = {paths['alpha'][-1][1]:g}, β = {paths['beta'][-1][1]:g}. It begins with a scan of places that were good "
               'elsewhere and stays at the best of them until streams come or go or costs drift '
               '([policies.md](policies.md)).\n\n')
    out.append(gnuplot('convergence', """
set title 'Search for alpha and beta, """ + ' '.join(CONVERGENCE[:3]) + """' noenhanced
set xlabel 'time, s'
set ylabel 'value'
set key outside right
set grid
set yrange [0:2.05]
plot $alpha using 1:2 with steps linewidth 2 title 'alpha', $beta using 1:2 with steps linewidth 2 title 'beta'
""", paths))


def bound_command(scenario, hw, load, seed=FIRST, more=()):
    words = ['xrsched', 'bound', scenario, '--hw', hw, '--seconds', SECONDS, '--seed', str(seed)]
    words += ['--costs', 'asis'] if load == 'asis' else ['--costs', 'rsfix']
    if load not in ('asis', 'natural'):
        words += ['--load', load]
    for policy in BOUNDED:
        words += ['-p', policy]
    return ' '.join(words + [*more, '--json'])


def mean(answers, what):
    """Of each cell the arithmetic mean over seeds, as of the policies' figures."""
    return [statistics.fmean(what(a) for a in cell) for cell in answers]


def room(answers, other):
    """How far below another policy DEFAULT is, and how far below it its bound, as shares."""
    least = mean(answers, lambda a: a['policies'][0]['uxcost_bound'])
    mine, others = (mean(answers, lambda a, n=n: a['policies'][n]['uxcost']) for n in (0, other))
    return [1 - geometric_mean([a / b for a, b in zip(ours, others)]) for ours in (mine, least)]


def heaviest(out):
    """How far below other policies anything could be that is as accurate."""
    seeds = [FIRST + i for i in range(SEEDS)]
    words = {load: [[bound_command(s, h, load, seed, ['--heaviest']) for seed in seeds]
                    for s in SCENARIOS for h in HARDWARE] for load in LOADS}
    flat = [line for cells in words.values() for cell in cells for line in cell]
    said = dict(zip(flat, cached('bound', flat)))
    answers = {load: [[said[line] for line in cell] for cell in cells] for load, cells in words.items()}
    out.append(f'`{bound_command("SCENARIO", "HW", "LOAD", "SEED", ["--heaviest"])}` (seeds {seeds[0]}…{seeds[-1]})\n\n')
    out.append(f'A lighter variant takes less energy and is less accurate; {DEFAULT} and all others but {FULL} run the heaviest '
               f'only. How far {DEFAULT} is below others, and, after the arrow, how far below them a schedule could be at most '
               f'that runs the heaviest variants and misses no more deadlines than {DEFAULT} in any cell, even if it knows the future (%):\n\n')
    rows = []
    for number, policy in list(enumerate(BOUNDED))[1:]:
        shares = [room(answers[load], number) for load in LOADS]
        rows.append([policy] + [f'{percent(now)} → {percent(most)}' for now, most in shares])
    out.append(table(['below'] + LOADS, rows) + '\n')


def bound(out):
    """How far any policy could go."""
    places = [(load, scenario, hw) for load in LOADS for scenario in SCENARIOS for hw in HARDWARE]
    answers = dict(zip(places, cached('bound', [bound_command(s, h, load) for load, s, h in places])))
    out.append('## How far any policy could go\n\n`' + bound_command('SCENARIO', 'HW', 'LOAD') +
               f'` (seed {FIRST}; at asis `--costs asis` and no `--load`)\n\n')
    out.append('No schedule undercuts the bound of honest UXCost, and none that misses no more deadlines than a policy has a '
               'UXCost below its bound, even if it knows the future ([bound.md](bound.md)). Ratios to these bounds, geometric '
               f'mean over {CELLS} cells; the truth lies between 1 and the figure:\n\n')
    for title, key in (('Honest UXCost over its bound', 'honest_over'),
                       ('UXCost over the least with no more misses', 'uxcost_over')):
        rows = []
        for number, policy in enumerate(BOUNDED):
            row = [policy]
            for load in LOADS:
                over = [a['policies'][number][key] for (at, _, _), a in answers.items() if at == load]
                row.append(f'{geometric_mean([1 + x for x in over if x is not None]):.2f}')
            rows.append(row)
        out.append(f'{title}:\n\n' + table(['policy'] + LOADS, rows) + '\n')
    near = [(a['policies'][0]['honest_over'], place) for place, a in answers.items()]
    out.append(f'Cells in which {DEFAULT} is within 5 % of the bound of honest UXCost, so that nothing is left to be gained:'
               '\n\n' + table(['load'] + LOADS, [[f'cells (of {CELLS})'] + [
                   sum(1 for over, place in near if place[0] == load and over < 0.05) for load in LOADS]]) + '\n')
    heaviest(out)
