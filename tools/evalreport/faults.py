# SPDX-License-Identifier: GPL-2.0-only
"""UXCost when one of three engines hangs for a second every ten."""
import collections

from evalreport.lines import BASELINES, DEFAULT, FEW, FIRST, FULL, SCENARIOS, SEEDS, cached, geometric_mean
from evalreport.tables import table

HARDWARE = '4k-1ws2os'
ENGINES = ['ws0', 'os0', 'os1']
FAULT = 'hang@5s+1s/10s'
COMPARED = BASELINES + [FULL, DEFAULT]
# Three hangs in each run; few seeds, as such runs are long.
RUN_SECONDS = '10' if FEW else '30'
RUN_SEEDS = min(SEEDS, 5)
AT = ['0.6', '0.8', '1.0'][:FEW]


def command(scenario, load, seed, engine):
    words = ['xrsched', 'sim', scenario, '--hw', HARDWARE, '--load', load, '--seconds', RUN_SECONDS, '--seed', str(seed)]
    for policy in COMPARED:
        words += ['-p', policy]
    if engine:
        words += ['--fault', f'{engine}:{FAULT}']
    return ' '.join(words + ['--json'])


def costs():
    """UXCosts by (load, policy, hanging), over scenarios, seeds, and engines that hang."""
    places = [(load, scenario, seed, engine) for load in AT for scenario in SCENARIOS
              for seed in range(FIRST, FIRST + RUN_SEEDS) for engine in [None] + ENGINES]
    answers = cached('faults', [command(scenario, load, seed, engine) for load, scenario, seed, engine in places])
    found = collections.defaultdict(list)
    for (load, _, _, engine), results in zip(places, answers):
        for policy, result in zip(COMPARED, results):
            found[load, policy, engine is not None].append(result['uxcost'])
    return {key: geometric_mean(values) for key, values in found.items()}


def ranks(cost, policy, others):
    """Below how many others a policy is, load by load."""
    return ', '.join(f'{sum(cost[load, policy, True] < cost[load, other, True] for other in others)} at {load}' for load in AT)


def faults(out):
    cost = costs()
    out.append('## When an engine hangs\n\n`' + command('SCENARIO', 'LOAD', 'SEED', 'ENGINE') + '`\n(seeds '
               f'{FIRST}…{FIRST + RUN_SEEDS - 1}; without `--fault`: all engines sound)\n\n')
    out.append(f'One of the three engines of {HARDWARE}, each of {", ".join(ENGINES)} in turn, answers nothing for a second of '
               'every ten; what runs there is taken away by the watchdog and run elsewhere, and the engine is reset until it '
               f'answers ([faults.md](faults.md)). UXCost, geometric mean over {len(SCENARIOS)} scenarios, the seeds and the '
               'engine that hangs; in brackets over that of the same runs with all engines sound:\n\n')
    out.append(table(['policy'] + AT, [[policy] + [
        f'{cost[load, policy, True]:.3f} ({cost[load, policy, True] / cost[load, policy, False]:.2f})' for load in AT]
        for policy in COMPARED]) + '\n')
    out.append(f'Of the {len(BASELINES)} baselines, {FULL} stays below {ranks(cost, FULL, BASELINES)}; {DEFAULT} below '
               f'{ranks(cost, DEFAULT, BASELINES)}. While an engine hangs, relative to each other policy:\n\n')
    out.append(table(['against'] + [f'{policy}, {load}' for policy in (FULL, DEFAULT) for load in AT], [
        [other] + ['–' if other == policy else f'{cost[load, policy, True] / cost[load, other, True]:.3f}'
                   for policy in (FULL, DEFAULT) for load in AT] for other in COMPARED]) + '\n')
