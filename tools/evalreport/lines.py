# SPDX-License-Identifier: GPL-2.0-only
"""Which runs the evaluation consists of, running them, and reading what they say."""
import collections
import concurrent.futures
import glob
import hashlib
import json
import math
import os
import statistics
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get('BUILD', os.path.join(TOP, 'build')))
XRSCHED = os.path.join(BUILD, 'bin', 'xrsched')
LINES = os.path.join(BUILD, 'eval')
# Constants of lookahead and of the tuner were chosen on seeds below 100.
FIRST = int(os.environ.get('EVAL_FIRST', '101'))
SEEDS = int(os.environ.get('EVAL_SEEDS', '10'))
SECONDS = os.environ.get('EVAL_SECONDS', '5')

FULL = 'dream-full'
DEFAULT = 'lookahead'
BASELINES = ['fcfs-static', 'fcfs', 'rr', 'edf', 'llf', 'xrbench', 'veltair', 'planaria']
ABLATION = ['dream-mapscore', 'dream-tuned', 'dream-drop', FULL]
POLICIES = BASELINES + ABLATION + [DEFAULT]
SWEPT = [FULL, 'edf', 'veltair', 'planaria', DEFAULT]
STANDARD = ['asis', '0.6', '0.8', '1.0', '1.2']
LOADS = ['asis', 'natural'] + STANDARD[1:]
PROBABILITIES = ['0.25', '0.5', '0.75', '0.9', '0.99']
SCENARIOS = ['AR_Call', 'AR_Social', 'Drone_Indoor', 'Drone_Outdoor', 'VR_Gaming']
CASCADED = ['AR_Call', 'AR_Social', 'VR_Gaming']
HARDWARE = [size + '-' + kind for size in ('4k', '8k') for kind in ('2ws', '2os', '1ws2os', '1os2ws')]
XRBENCH = ['xrbench-' + name for name in (
    'AR_Assistant', 'AR_gaming', 'VR_gaming', 'outdoor_activity_A', 'outdoor_activity_B', 'social_interactionA',
    'social_interactionB')]
XRBENCH_HARDWARE = [f'xrbench-{size}-{letter}' for size in ('4k', '8k') for letter in 'abcdefghijklm']
# For tests of this program: so many of each.
FEW = int(os.environ.get('EVAL_FEW', '0')) or None
SCENARIOS, CASCADED, HARDWARE, XRBENCH, XRBENCH_HARDWARE = (
    names[:FEW] for names in (SCENARIOS, CASCADED, HARDWARE, XRBENCH, XRBENCH_HARDWARE))
CELLS = len(SCENARIOS) * len(HARDWARE)
WHERE = ['--scenario', ','.join(SCENARIOS), '--hw', ','.join(HARDWARE)] if FEW else []


def sound(policy):
    """The policy, dropping what is provably late; lookahead does so anyway."""
    return policy if policy == DEFAULT else policy + ',admit=sound'


def options(flag, values):
    """FLAG VALUE FLAG VALUE ..."""
    return [word for value in values for word in (flag, value)]


RUNS = {
    'main': ['--load', ','.join(LOADS)],
    'expired': ['--load', ','.join(STANDARD), '--expired', 'demote,clamp'],
    'random': ['--load', ','.join(STANDARD), '--phase', 'random'],
    'admit': ['--load', ','.join(STANDARD)] + options('--policy', [FULL] + [sound(p) for p in POLICIES]),
    'veltair': ['--load', ','.join(STANDARD)] + options('--policy', [FULL, 'veltair', 'veltair,veng=fastest']),
    'cascade': ['--load', '0.8', '--cascade', ','.join(PROBABILITIES), '--scenario', ','.join(CASCADED)] +
               options('--policy', SWEPT),
    'xrbench': ['--load', 'asis', '--scenario', ','.join(XRBENCH), '--hw', ','.join(XRBENCH_HARDWARE)],
}

# How much the length of a run decides: fewer seeds, as long runs take long.
LENGTHS = ['2.5', '5', '10', '20']
LENGTH_SEEDS = min(SEEDS, 4)
MEASURED = ['edf', 'llf', 'veltair', 'planaria', 'dream-mapscore', 'dream-tuned', DEFAULT]
for length in LENGTHS:
    RUNS['length-' + length] = ['--load', ','.join(STANDARD)] + options('--policy', [FULL] + MEASURED)


def extent(name):
    """Seeds and seconds of a set of runs."""
    if name.startswith('length-'):
        return LENGTH_SEEDS, name.split('-')[1]
    return SEEDS, SECONDS


def command(name):
    """How the lines of a table are made."""
    seeds, seconds = extent(name)
    words = ['xrsched', 'eval', '--suite', 'dream', '--seeds', str(seeds), '--first-seed', str(FIRST), '--seconds',
             seconds] + RUNS[name]
    for flag, value in zip(WHERE[::2], WHERE[1::2]):
        words += [] if flag in RUNS[name] else [flag, value]
    return ' '.join(words + ['--json'])


def source(name):
    """The command and its seeds, to stand above a table."""
    return f'`{command(name)}` (seeds {FIRST}…{FIRST + extent(name)[0] - 1})\n\n'


def path(name):
    return os.path.join(LINES, name + '.jsonl')


def stamp():
    """What the lines depend on: seeds, length, scheduler, workloads and what a line says."""
    digest = hashlib.sha256(f'{FIRST} {SEEDS} {SECONDS} {FEW}'.encode())
    files = [os.path.join(BUILD, 'lib', 'libxrsched.so.0'), os.path.join(TOP, 'tools', 'eval_run.c')]
    files += sorted(glob.glob(
        os.path.join(TOP, 'libxrsched', 'workloads', '*', '*')))
    for name in files:
        with open(name, 'rb') as file:
            digest.update(file.read())
    return digest.hexdigest()


def start_anew():
    """Lines of another scheduler or matrix are removed."""
    os.makedirs(LINES, exist_ok=True)
    name = os.path.join(LINES, 'stamp')
    if os.path.exists(name):
        with open(name, encoding='ascii') as file:
            if file.read() == stamp():
                return
    for old in glob.glob(os.path.join(LINES, '*.jsonl')):
        os.remove(old)
    with open(name, 'w', encoding='ascii') as file:
        file.write(stamp())


def run_all():
    """All runs; what an interrupted call has done already is not done again."""
    start_anew()
    environment = dict(os.environ, LC_ALL='C')
    jobs = os.environ.get('EVAL_JOBS')
    for number, name in enumerate(RUNS, 1):
        words = command(name).split()
        words[0] = XRSCHED
        words += ['--resume', path(name)] + (['--jobs', jobs] if jobs else [])
        print(f'eval-report: {name}, {number} of {len(RUNS)} sets of runs', file=sys.stderr, flush=True)
        subprocess.run(words, check=True, env=environment, stdout=subprocess.DEVNULL)


def answer(words):
    """What a command says: an object, or a list of those of its lines."""
    done = subprocess.run([XRSCHED] + words.split()[1:], check=True, capture_output=True, text=True)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        return [json.loads(line) for line in done.stdout.splitlines()]


def cached(name, words):
    """Answers of commands that cannot resume themselves; a line of its own keeps what each said."""
    store, known = path('cache'), {}
    if os.path.exists(store):
        with open(store, encoding='utf-8') as file:
            for line in file:
                if line.endswith('\n'):
                    entry = json.loads(line)
                    known[entry['words']] = entry['answer']
    missing = [line for line in words if line not in known]
    jobs = int(os.environ.get('EVAL_JOBS') or os.cpu_count())
    with open(store, 'a', encoding='utf-8') as file, concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for number, (line, said) in enumerate(zip(missing, pool.map(answer, missing)), 1):
            if sys.stderr.isatty() or number % 40 == 1:
                print(f'\reval-report: {name}, {number} of {len(missing)} ', end='', file=sys.stderr, flush=True)
            known[line] = said
            file.write(json.dumps({'words': line, 'answer': said}) + '\n')
            file.flush()
    print(file=sys.stderr)
    return [known[line] for line in words]


def read(name):
    """Summaries and runs."""
    summaries, runs = [], []
    with open(path(name), encoding='utf-8') as file:
        for line in file:
            item = json.loads(line)
            (summaries if item.get('summary') else runs).append(item)
    if any(item['seeds'] != extent(name)[0] for item in summaries):
        sys.exit(f'{path(name)} is of other seeds: run without --no-run')
    return summaries, runs


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values)))


def by_load(summaries, **what):
    return {s['load']: s for s in summaries if all(s[key] == value for key, value in what.items())}


def cells_of(runs, metric):
    """Mean over the seeds, by (load, scenario, hw) and policy."""
    sums = collections.defaultdict(lambda: collections.defaultdict(list))
    for run in runs:
        if run[metric] is not None:
            cell = run['load'], run['scenario'], run['hw']
            sums[cell][run['policy']].append(run[metric])
    return {cell: {p: statistics.fmean(v) for p, v in policies.items()}
            for cell, policies in sums.items()}


def variants_of(runs):
    """Frames of supernets by (load, policy) and variant, heaviest first."""
    frames = collections.defaultdict(collections.Counter)
    for run in runs:
        for counts in run['variants'].values():
            frames[run['load'], run['policy']].update(counts)
    return frames
