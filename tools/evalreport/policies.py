# SPDX-License-Identifier: GPL-2.0-only
"""Sections on one policy against the others: dream-full and the default."""
import collections

from evalreport.lines import (ABLATION, BASELINES, CELLS, DEFAULT, FULL, HARDWARE, LOADS, POLICIES, SCENARIOS, STANDARD,
                              by_load, cells_of, geometric_mean, read, sound, source, variants_of)
from evalreport.tables import (bars, comparison, gnuplot, means, others, percent, prefix_of, ratios, relative, table)

DISASTER = 1.15
SHORT = {FULL: 'dream', DEFAULT: 'default'}


def against_all(out, policy, loads, runs):
    out.append(f'## {policy} against every policy\n\n' + source('main'))
    out.append(f'UXCost of {policy} divided by that of the policy; in bold the geometric mean over {len(SCENARIOS)} scenarios × {len(HARDWARE)} hardware, '
               'behind it its 95 % interval over cells, below in brackets that over seeds. '
               f'Below 1 {policy} is better.\n\n' + said_of_variants(runs))
    out.append(comparison(loads, policy, '', LOADS) + '\n')
    rows = [[load] + [1 - loads[load][prefix_of(policy) + 'reduction_vs'][p] for p in BASELINES] for load in LOADS]
    out.append(bars('loads-' + SHORT[policy], f'{policy}, geometric mean over {CELLS} cells',
                    f'UXCost relative to the policy (below 1: {policy} is better)', 'against', rows, BASELINES))
    out.append('The same of honest UXCost, where a late or lost frame is charged its worst-case energy or more:\n\n')
    out.append(comparison(loads, policy, '_honest', LOADS) + '\n')


def figures(out, loads):
    out.append('## Missed frames, energy, accuracy\n\n' + source('main') +
               'Arithmetic means over cells and seeds.\n\n')
    for title, key, show in (
            ('DLV: share of late or lost frames, summed over the streams', 'dlv_sum', '{:.3f}'.format),
            ('NE: energy over worst-case energy, summed over the streams', 'ne_sum', '{:.3f}'.format),
            ('Missed deadlines (late or lost frames), %', 'missed', percent),
            ('Late frames, %', 'late_share', percent),
            ('Lost frames (dropped or failed), %', 'dropped_share', percent),
            ('Mean accuracy of the variants that ran, over streams that have any', 'accuracy', '{:.4f}'.format)):
        out.append(f'### {title}\n\n' + means(loads, key, POLICIES, LOADS, show) + '\n')


def said_of_variants(runs):
    """Stands beside comparisons: not all policies run the same variants."""
    light = {run['policy'] for run in runs for counts in run['variants'].values() if any(list(counts.values())[1:])}
    if not light:
        return ''
    heavy, light = ([p for p in POLICIES if (p in light) == wanted] for wanted in (False, True))
    return (f"Of supernets {', '.join(heavy)} run the heaviest variant only; not so {', '.join(light)}, which lowers "
            'energy and latency at the price of accuracy: [frames per variant](#frames-per-variant).\n\n')


def variants(out, runs):
    """How often supernets ran as what, as the lightest lowers UXCost for free."""
    frames = variants_of(runs)
    names = list(dict.fromkeys(name for counts in frames.values() for name in counts))
    if not names:
        return
    out.append('### Frames per variant\n\n')
    out.append(f"Completed frames of supernets by variant, %, heaviest first: {' / '.join(names)}. All scenarios, hardware and "
               'seeds together.\n\n')
    rows = []
    for policy in POLICIES:
        row = [policy]
        for load in LOADS:
            counts = frames[load, policy]
            row.append(' / '.join(percent(counts[name] / (counts.total() or 1)) for name in names))
        rows.append(row)
    out.append(table(['policy'] + LOADS, rows) + '\n')


def hopeless(out, loads, runs):
    out.append('## Without hopeless streams\n\n' + source('main'))
    out.append('A stream is hopeless where the fastest whole inference of its model (lightest variant, each layer on its best '
               'engine, nothing skipped) takes longer than its period: no schedule can complete a frame in time that takes no '
               'skip and no exit. Here these streams still run, but UXCost leaves them out.\n\n')
    seen = {(r['load'], r['scenario'], r['hw']): r['hopeless_streams'] for r in runs}
    out.append(table(['load'] + LOADS, [
        [f'cells with hopeless streams (of {CELLS})'] +
        [sum(1 for c, n in seen.items() if c[0] == load and n) for load in LOADS]]) + '\n')
    for policy in (FULL, DEFAULT):
        out.append(f'UXCost of {policy}:\n\n' + ratios(loads, policy, '_feasible', others(policy), LOADS) + '\n')
        out.append('Honest UXCost:\n\n' + ratios(loads, policy, '_feasible_honest', others(policy), LOADS) + '\n')


def ablation(out, loads):
    out.append('## What each part of DREAM adds\n\n' + source('main'))
    out.append('UXCost relative to dream-mapscore (fixed α = 0.1, β = 1); each line has one part more.\n\n')
    rows = []
    for policy in ABLATION:
        row = [policy]
        for load in LOADS:
            s = loads[load]['reduction_vs']
            row.append(f"{(1 - s['dream-mapscore']) / (1 - s.get(policy, 0)):.3f}")
        rows.append(row)
    out.append(table(['policy'] + LOADS, rows) + '\n')
    out.append(bars('ablation', 'Parts of DREAM', 'UXCost relative to dream-mapscore', 'load', rows, LOADS))


def plot_cells(policy, cells):
    """The policy against the best of all others in every cell."""
    rows = [[LOADS.index(cell[0]), min(costs[p] for p in others(policy)), costs[policy]]
            for cell, costs in cells.items()]
    return gnuplot('cells-' + SHORT[policy], f"""
set logscale xy
set title 'Every scenario and hardware: {policy} against the best other policy there' noenhanced
set xlabel 'UXCost of the best other policy'
set ylabel 'UXCost of {policy}' noenhanced
set key outside right
set grid
plot """ + ', '.join(f"$data using ($1 == {i} ? $2 : 1/0):3 with points pointtype 7 pointsize 0.6 title 'load {load}'"
                     for i, load in enumerate(LOADS))
                   + ", x with lines dashtype 2 linecolor 'black' title 'equal'\n", {'data': rows})


def where_it_loses(out, policy, runs, names, title):
    """Cell by cell, against the best of the names there."""
    cells, dlv, energy = (cells_of(runs, metric) for metric in ('uxcost', 'dlv_sum', 'ne_sum'))
    lost, wins, disasters = [], collections.Counter(), collections.Counter()
    for cell, costs in cells.items():
        best = min(names, key=costs.get)
        ratio = costs[policy] / costs[best]
        wins[cell[0]] += ratio <= 1
        disasters[cell[0]] += ratio > DISASTER
        lost.append((ratio, cell, best))
    out.append(f'## Where {policy} loses\n\n' + source('main') + plot_cells(policy, cells))
    out.append(f'{policy} against the best of {title} *in each cell*, chosen afterwards:\n\n')
    out.append(table([f'cells (of {CELLS})'] + LOADS, [
        ['at least as good'] + [wins[load] for load in LOADS],
        ['more than 15 % above'] + [disasters[load] for load in LOADS]]) + '\n')
    worst = [entry for entry in sorted(lost, reverse=True) if entry[0] > 1][:20]
    if not worst:
        out.append('There is no cell in which it loses.\n\n')
        return
    out.append('The worst cells. The last two columns split the ratio into its factors (approximately: means of products are '
               'not products of means). Where the first is large frames are missed, where the second is large energy is '
               'spent.\n\n')
    out.append(table(['load', 'scenario', 'hardware', 'best there', 'UXCost', 'DLV', 'NE'], [
        [*cell, best, f'{ratio:.2f}', f'{dlv[cell][policy] / dlv[cell][best]:.2f}',
         f'{energy[cell][policy] / energy[cell][best]:.2f}'] for ratio, cell, best in worst]) + '\n')
    losses = [(cell, best) for ratio, cell, best in lost if ratio > 1]
    misses = sum(1 for cell, best in losses
                 if dlv[cell][policy] / dlv[cell][best] > energy[cell][policy] / energy[cell][best])
    out.append(f'Of the {len(losses)} cells lost over all loads, in {misses} the factor of missed frames is the larger one, '
               f'in {len(losses) - misses} that of energy.\n\n')


def per_scenario(out, policy, runs):
    cells = cells_of(runs, 'uxcost')
    out.append(f'{policy} over the best *single* other policy of each scenario and load (geometric mean over the eight '
               'hardware configurations):\n\n')
    rows = []
    for scenario in sorted({c[1] for c in cells}):
        row = [scenario]
        for load in LOADS:
            here = [v for c, v in cells.items() if c[:2] == (load, scenario)]
            costs = {p: geometric_mean([v[p] for v in here]) for p in POLICIES}
            best = min(others(policy), key=costs.get)
            row.append(f'{costs[policy] / costs[best]:.2f} ({best})')
        rows.append(row)
    out.append(table(['scenario'] + LOADS, rows) + '\n')


def split_by_scenario(runs, policy, load, names):
    """Ratios at one load, scenario by scenario, with the cells without misses."""
    costs, missed = cells_of(runs, 'uxcost'), cells_of(runs, 'missed')
    scenarios = sorted({cell[1] for cell in costs})
    rows = []
    for name in names:
        row = [name]
        for scenario in scenarios:
            cells = [c for c in costs if c[:2] == (load, scenario)]
            ratio = geometric_mean([costs[c][policy] / costs[c][name] for c in cells])
            row.append(f'{ratio:.2f} ({sum(1 for c in cells if not missed[c][name])})')
        rows.append(row)
    return table(['against'] + scenarios, rows)


def admitted(out):
    """Policies that drop what is provably late."""
    summaries, runs = read('admit')
    loads, cells = by_load(summaries), cells_of(runs, 'uxcost')
    names = [sound(p) for p in POLICIES if p != DEFAULT]
    out.append('## Dropping what is provably late\n\n' + source('admit'))
    out.append('`admit=sound` drops a frame once even its fastest rest would be late. dream-full without it against policies '
               'with it:\n\n' + ratios(loads, FULL, '', names, STANDARD) + '\n')
    out.append(f'{DEFAULT}, which always does so, against policies with it:\n\n' +
               ratios(loads, DEFAULT, '', names, STANDARD) + '\n')
    rows, sums = [], []
    for load in STANDARD:
        costs = {p: geometric_mean([v[p] for c, v in cells.items() if c[0] == load]) for p in names + [DEFAULT]}
        best = min(names, key=costs.get)
        sums.append(1 - costs[DEFAULT] / costs[best])
        rows.append([load, best, percent(sums[-1])])
    out.append(f'The best of them at each load, and how far {DEFAULT} is below it:\n\n' +
               table(['load', 'best with admit=sound', f'{DEFAULT} below it, %'], rows) + '\n')
    out.append(f'In the mean over the loads {percent(sum(sums) / len(sums))} %.\n\n')


def expired(out, main):
    summaries, _ = read('expired')
    out.append('## What becomes of expired frames\n\n' + source('expired') + source('main'))
    for policy in (FULL, DEFAULT):
        for rule in ('drop', 'demote', 'clamp'):
            loads = by_load(main if rule == 'drop' else summaries, expired=rule)
            out.append(f'{policy}, with `expired={rule}` for every policy:\n\n' +
                       ratios(loads, policy, '', others(policy), STANDARD) + '\n')


def random_phases(out):
    summaries, runs = read('random')
    loads = by_load(summaries)
    out.append('## Random phases\n\n' + source('random'))
    out.append('Streams start anywhere in their first period rather than together.\n\n')
    for policy in (FULL, DEFAULT):
        out.append(f'{policy}:\n\n' + comparison(loads, policy, '', STANDARD) + '\n')
    out.append('Missed deadlines, %:\n\n' + means(loads, 'missed', POLICIES, STANDARD, percent) + '\n')
    out.append('At load 1.0, dream-full over the policy by scenario (geometric mean over the hardware), and in brackets the '
               'cells of eight in which the policy missed nothing with any seed:\n\n')
    out.append(split_by_scenario(runs, FULL, '1.0', BASELINES) + '\n')
    out.append('A stream that misses nothing has a DLV of 1/(2n) rather than 0, so a cell in which one policy misses nothing '
               'and the other something has a ratio of tens or hundreds and weighs heavily in the geometric mean. A scenario '
               'without triggered frames uses exactly what the load says, and at 1.0 a policy either keeps up for ever or '
               'does not.\n\n')


def summary(out, loads, runs):
    """What the default policy promises, and what came of it."""
    cells = cells_of(runs, 'uxcost')
    rows = []
    for load in STANDARD:
        s = loads[load]
        least = min(POLICIES, key=s['missed'].get)
        honest = min(s['default_reduction_vs_honest'].items(), key=lambda item: item[1])
        bad = sum(1 for c, v in cells.items() if c[0] == load and
                  v[DEFAULT] / min(v[p] for p in others(DEFAULT)) > DISASTER)
        rows.append([load] + [percent(s['default_reduction_vs'][p]) for p in (FULL, 'edf', 'llf', 'planaria')] +
                    [f'{percent(honest[1])} ({honest[0]})', least, bad])
    out.append(f'## {DEFAULT}, the default, in one table\n\n' + source('main'))
    out.append('How far its UXCost is below that of others (geometric mean over the cells, %); the least such figure of honest '
               'UXCost, over all policies; the policy that misses the fewest deadlines; and cells in which it costs more than '
               '15 % above the best other policy.\n\n')
    out.append(table(['load', 'dream-full', 'edf', 'llf', 'planaria', 'honest, least', 'fewest misses', 'cells > 15 %'], rows)
               + '\n')


def claims(out, loads, runs):
    """The paper's two claims beside what comes out here."""
    rows = []
    for label, policy, claim in (('Planaria', 'planaria', '32.2'), ('Veltair', 'veltair', '50.0')):
        rows.append([f'dream-full below {label}', claim] +
                    [percent(loads[load]['reduction_vs'][policy]) for load in STANDARD])
        rows.append([f'{DEFAULT} below {label}', '–'] +
                    [percent(loads[load]['default_reduction_vs'][policy]) for load in STANDARD])
    out.append('## The paper\'s claims\n\n' + source('main') +
               table(['UXCost, geometric mean, %', 'paper'] + STANDARD, rows) + '\n' + said_of_variants(runs))
