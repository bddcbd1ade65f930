#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Check the shipped workload files.

usage: check.py [DATADIR]

Validates every file against Documentation/workload-format.md, that every name
resolves, and that the computed loads equal tests/data/loads.tsv.  With DATADIR
it also compares every cell and every total with the measured tables.  Shares
no code with import.py on purpose.
"""

import csv
import json
import os
import re
import sys
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
LOADS = os.path.join(HERE, '..', '..', 'tests', 'data', 'loads.tsv')
NAME = re.compile(r'[A-Za-z0-9][A-Za-z0-9._+-]{0,30}\Z')
LCOLS = ('variant layer name type macs out_bytes weight_bytes skip side exit '
         'K C Y X R S stride groups out_y out_x repeat batch').split()
SIZE = {'1k': (1024, 128), '2k': (2048, 128), '2kw': (2048, 256), '3k': (3072, 128),
        '4k': (4096, 256), '6k': (6144, 256), '8k': (8192, 256)}

errors = []
counts = {}


def err(*what):
    errors.append(' '.join(str(w) for w in what))


def ok(kind, cond, *what):
    counts[kind] = counts.get(kind, 0) + 1
    if not cond:
        err(kind + ':', *what)
    return cond


def tsv(path):
    with open(path, newline='', encoding='utf-8') as f:
        return list(csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE))


def fields(where, obj, need, may=()):
    for k in need:
        ok('schema', k in obj, where, 'lacks', k)
    for k in obj:
        ok('schema', k in need or k in may, where, 'unknown field', k)


def is_int(v, lo, hi):
    return isinstance(v, int) and not isinstance(v, bool) and lo <= v <= hi


def is_prob(v):
    return (isinstance(v, (int, float)) and not isinstance(v, bool) and 0 <= v <= 1
            and abs(v * 1e6 - round(v * 1e6)) < 1e-6)


def load_dir(kind, fmt):
    out = {}
    d = os.path.join(HERE, kind)
    lower = set()
    for f in sorted(os.listdir(d)):
        ok('case', f.lower() not in lower, kind, f, 'differs from another by case only')
        lower.add(f.lower())
        if not f.endswith('.json'):
            continue
        with open(os.path.join(d, f), encoding='utf-8') as h:
            obj = json.load(h)
        ok('schema', obj.get('format') == 'xrsched-' + fmt and obj.get('version') == 1, f, 'format')
        ok('schema', obj.get('name') == f[:-5] and NAME.match(f[:-5]), f, 'name')
        out[f[:-5]] = obj
    return out


def check_model(name, m):
    """Adds m['_l'] = {variant: rows}, m['_c'] = {set: {class: {(variant, i): (lat, en)}}}"""
    fields(name, m, ('format', 'version', 'name', 'layers', 'costs', 'variants'),
           ('description', 'source'))
    d = os.path.join(HERE, 'models')
    rows = tsv(os.path.join(d, m['layers']))
    ok('schema', list(rows[0]) == LCOLS, name, 'layer columns')
    ok('schema', len(rows) <= 4096, name, 'number of layers')
    m['_l'], m['_c'] = {}, {}
    order = [(r['variant'], int(r['layer'])) for r in rows]
    for r in rows:
        m['_l'].setdefault(r['variant'], []).append(r)
    ok('schema', list(m['_l']) == [v['name'] for v in m['variants']], name, 'variants')
    ok('schema', 1 <= len(m['variants']) <= 8, name, 'number of variants')
    macs = []
    for v in m['variants']:
        w = name + '/' + v['name']
        fields(w, v, ('name', 'input_bytes'), ('description', 'accuracy', 'skips', 'exits'))
        L = m['_l'][v['name']]
        ok('schema', len(L) >= 1 and L[0]['skip'] == '-', w, 'layers')
        ok('schema', is_int(v['input_bytes'], 0, 2**32 - 1), w, 'input_bytes')
        ok('schema', 'accuracy' not in v or is_prob(v['accuracy']), w, 'accuracy')
        macs.append(sum(int(r['macs']) for r in L))
        skips, exits, prev = [], [], '-'
        for i, r in enumerate(L):
            ok('layer', int(r['layer']) == i, w, i, 'index')
            ok('layer', all(NAME.match(r[c]) for c in ('name', 'variant')), w, i, 'name')
            ok('layer', 1 <= int(r['out_bytes']) < 2**32, w, i, 'out_bytes')
            ok('layer', int(r['macs']) >= 1 and int(r['weight_bytes']) >= 1, w, i, 'macs, weights')
            ok('layer', r['side'] in '01', w, i, 'side')
            gate = r['name'].startswith(('gate_', 'exit')) or r['name'].endswith('_se')
            ok('layer', (r['side'] == '1') == gate, w, i, 'side branch')
            n = {c: int(r[c]) for c in LCOLS[10:]}
            small = (r['name'].startswith(('gate_', 'attn')) or r['name'].endswith('_se'))
            if not small:   # rows that sum several small products give the first one's shape
                c = n['C'] // n['groups']
                reps = n['repeat'] * n['batch']
                ok('shape', int(r['macs']) == n['K'] * c * n['R'] * n['S'] * n['out_y']
                   * n['out_x'] * reps, w, i, r['name'], 'macs')
                ok('shape', int(r['weight_bytes']) == n['K'] * c * n['R'] * n['S'],
                   w, i, r['name'], 'weight_bytes')
                ok('shape', int(r['out_bytes']) == n['K'] * n['out_y'] * n['out_x'] * reps,
                   w, i, r['name'], 'out_bytes')
            s = r['skip']
            if s != prev and s != '-':
                ok('layer', s not in skips, w, i, 'block not contiguous')
                skips.append(s)
            prev = s
            if r['exit'] != '-':
                exits.append((r['exit'], i))
                ok('layer', i < len(L) - 1 and s == '-', w, i, 'exit')
        ok('schema', skips == [s['name'] for s in v.get('skips', [])] and len(skips) <= 63, w, 'skips')
        ok('schema', exits == [(e['name'], e['layer']) for e in v.get('exits', [])]
           and len(exits) <= 7, w, 'exits')
        for s in v.get('skips', []):
            fields(w, s, ('name', 'probability'))
            ok('schema', is_prob(s['probability']), w, s)
        for e in v.get('exits', []):
            fields(w, e, ('name', 'layer', 'probability'))
            ok('schema', is_prob(e['probability']), w, e)
    ok('schema', macs == sorted(macs, reverse=True), name, 'heaviest variant first')
    for cset, f in m['costs'].items():
        rows = tsv(os.path.join(d, f))
        cols = list(rows[0])
        classes = [c[:-11] for c in cols[2::2]]
        ok('schema', cols == ['variant', 'layer'] + [c + x for c in classes
           for x in ('.latency_ns', '.energy_pj')] and 1 <= len(classes) <= 32, name, cset, 'columns')
        ok('schema', [(r['variant'], int(r['layer'])) for r in rows] == order, name, cset, 'rows')
        m['_c'][cset] = {c: {} for c in classes}
        for r in rows:
            for c in classes:
                lat, en = int(r[c + '.latency_ns']), int(r[c + '.energy_pj'])
                ok('cost', 1 <= lat <= 2**40 and 0 <= en <= 2**50, name, cset, r['layer'], c)
                m['_c'][cset][c][r['variant'], int(r['layer'])] = (lat, en)


def check_hardware(name, h):
    fields(name, h, ('format', 'version', 'name', 'engines'), ('description', 'source_name', 'costs'))
    names = [e['name'] for e in h['engines']]
    ok('schema', len(set(names)) == len(names), name, 'engine names')
    for e in h['engines']:
        fields(name, e, ('name', 'class'), ('pes', 'bytes_per_us'))
        pes, bw = SIZE[e['class'].split('-')[1]]
        ok('hardware', e['pes'] == pes and e['bytes_per_us'] == bw * 1000, name, e)
        ok('hardware', e['name'].startswith(e['class'][:2]), name, e)
    size = 8192 if '8k' in name else 4096
    ok('hardware', sum(e['pes'] for e in h['engines']) == size, name, 'total size')


def check_scenario(name, s, models):
    fields(name, s, ('format', 'version', 'name', 'costs', 'streams'), ('description', 'source_name'))
    ok('schema', 1 <= len(s['streams']) <= 256, name, 'streams')
    fps = {}
    for st in s['streams']:
        w = name + '/' + st['name']
        fields(w, st, ('name', 'model', 'fps'), ('upstream', 'trigger_probability', 'source_model'))
        ok('schema', st['name'] not in fps and NAME.match(st['name']), w, 'name')
        ok('schema', 0.001 <= st['fps'] <= 1e6, w, 'fps')
        if ok('names', st['model'] in models, w, 'model', st['model']):
            ok('names', s['costs'] in models[st['model']]['_c'], w, 'cost set')
        if 'upstream' in st:
            ok('names', fps.get(st['upstream']) == st['fps'], w, 'upstream')
            ok('schema', is_prob(st['trigger_probability']) and st['trigger_probability'] > 0, w, 'trigger_probability')
        else:
            ok('schema', 'trigger_probability' not in st, w, 'trigger_probability')
        fps[st['name']] = st['fps']


def utilisation(scen, hw, cset, models, whole=False):
    """Least possible highest utilisation when the work may be split in the best ratio.

    Layer by layer, or (whole) inference by inference.  Dual: maximise
    sum(fps * min_c w_c * lat_c) over w >= 0, sum(n_c * w_c) = 1.  At most two
    classes here, so with r = w_b / w_a the maximum lies at a breakpoint
    r = lat_a / lat_b.  The primal split is built too and must give the same.
    Second result: the dual on the grid n_a * w_a = k / 1000, which is how the
    measured table got its figures, so those can be up to 1e-4 low.
    """
    n = {}
    for e in hw['engines']:
        n[e['class']] = n.get(e['class'], 0) + 1
    classes = list(n)
    assert len(classes) <= 2
    items = []                              # (load on a, load on b)
    for st in scen['streams']:
        m = models[st['model']]
        v = m['variants'][0]['name']        # heaviest; no layer left out, every stage runs
        fps = Fraction(str(st['fps'])) / 10**9
        lat = [[fps * m['_c'][cset][c][v, i][0] for c in (classes[0], classes[-1])]
               for i in range(len(m['_l'][v]))]
        items += [[sum(x[0] for x in lat), sum(x[1] for x in lat)]] if whole else lat
    if len(classes) == 1:
        return (sum(a for a, _ in items) / n[classes[0]],) * 2
    na, nb = (n[c] for c in classes)
    items.sort(key=lambda t: t[0] / t[1])
    rest = sum(b for _, b in items)
    dual, done, primal = Fraction(0), Fraction(0), None
    for a, b in items:
        if primal is None:                  # part x of this item goes to a
            x = (na * rest - nb * done) / (nb * a + na * b)
            if x <= 1:
                primal = (done + x * a) / na
        done += a
        rest -= b
        r = a / b
        dual = max(dual, (done + r * rest) / (na + r * nb))
    ok('dual', primal == dual, scen['name'], hw['name'], cset, float(primal), float(dual))
    grid = [(float(a), float(b)) for a, b in items]
    grid = max(sum(min(k * a / na, (1000 - k) * b / nb) for a, b in grid) for k in range(1001))
    return dual, Fraction(grid) / 1000


def same_digits(value, printed):
    """value (a Fraction) rounds to the printed decimal; both ways allowed on a tie"""
    digits = len(printed.split('.')[1])
    return abs(value - Fraction(printed)) <= Fraction(1, 2 * 10**digits)


def our_model(models, tmodel, tvar):
    for name, m in models.items():
        if (name == tmodel or name.startswith(tmodel + '-')) and tvar in m['_l']:
            return m
    return err('no model for', tmodel, tvar)


def compare(d, models, scenarios, hardware):
    """Every cell and every total against the measured tables."""
    t = os.path.join
    n = 0
    for f, cset in (('dream_costs.tsv', 'rsfix'), ('dream_costs_asis.tsv', 'asis'),
                    ('xrbench_costs_classes.tsv', 'rsfix')):
        for r in tsv(t(d, f)):
            if f[0] == 'x':
                m, v = models[r['variant']], 'base'
            else:
                m, v = our_model(models, r['model'], r['variant']), r['variant']
            got = m['_c'][cset][r['accel_class']][v, int(r['layer_index'])]
            ok('cell', got == (int(r['latency_ns']), int(r['energy_pj'])), f, r)
            n += 1
    size = {v: k for k, v in SIZE.items()}
    for r in tsv(t(d, 'xrbench_layers.tsv')):
        flow, pes, bw = re.fullmatch(r'(..)_(\d+)pe_bw(\d+)', r['accel']).groups()
        c = flow.lower() + '-' + size[int(pes), int(bw)]
        got = models[r['model']]['_c']['asis'][c]['base', int(r['layer'])]
        ok('cell', got == (int(r['latency_ns']), int(r['energy_pj'])), r)
        lay = models[r['model']]['_l']['base'][int(r['layer'])]
        ok('layer', all(lay[k] == r[k] for k in ('name', 'K', 'C', 'Y', 'X', 'R', 'S')), r)
        n += 1
    have = sum(len(x) for m in models.values() for s in m['_c'].values() for x in s.values())
    ok('total', n == have, 'cells in tables', n, 'in files', have)
    for r in tsv(t(d, 'dream_layers.tsv')):
        lay = our_model(models, r['model'], r['variant'])['_l'][r['variant']][int(r['layer_index'])]
        ok('layer', all(lay[k] == r[k] for k in LCOLS if k in r), r)
        ok('layer', lay['out_bytes'] == r['out_activation_bytes'], r)

    def totals(m, v, cset, c):
        cells = [x for (vv, _), x in m['_c'][cset][c].items() if vv == v]
        return sum(x[0] for x in cells), sum(x[1] for x in cells), max(x[0] for x in cells)

    for r in tsv(t(d, 'dream_models.tsv')):
        m, v = our_model(models, r['model'], r['variant']), r['variant']
        L = m['_l'][v]
        lat, en, worst = totals(m, v, 'rsfix', r['accel_class'])
        w = (m['name'], v, r['accel_class'])
        ok('total', len(L) == int(r['num_layers']), *w, 'layers')
        ok('total', same_digits(Fraction(lat, 10**6), r['latency_ms']), *w, 'latency', lat, r['latency_ms'])
        ok('total', same_digits(Fraction(worst, 10**6), r['max_layer_latency_ms']), *w, 'max latency')
        ok('total', same_digits(Fraction(en, 10**9), r['energy_mJ']), *w, 'energy', en, r['energy_mJ'])
        ok('total', sum(int(x['macs']) for x in L) == int(r['macs']), *w, 'MACs')
        if r['accel_class'] == 'ws-1k':
            params = sum(int(x['weight_bytes']) for x in L)
            if params != int(r['params']):
                print('note: %s/%s: weight bytes %d, table parameters %s'
                      % (m['name'], v, params, r['params']))
    # the as-shipped totals are printed in the description only
    head, cset = None, None
    with open(t(d, 'DREAM_MODELS.md'), encoding='utf-8') as f:
        for line in f:
            if line.startswith('## '):
                cset = ('rsfix' if line.startswith('## Totals, rsfix') else
                        'asis' if line.startswith('## Totals, as shipped') else None)
                head = None
            elif cset and line.startswith('|'):
                cells = [x.strip() for x in line.strip().strip('|').split('|')]
                if head is None:
                    head = cells
                elif '/' in cells[0]:
                    tm, v = cells[0].split('/')
                    m = our_model(models, tm, v)
                    for h, x in list(zip(head, cells))[1:]:
                        lat, en, _ = totals(m, v, cset, h.replace('E ', ''))
                        val = Fraction(en, 10**9) if h[:2] == 'E ' else Fraction(lat, 10**6)
                        ok('total', same_digits(val, x), cset, m['name'], v, h, float(val), x)
    keep = {'rsfix': 'rsfix', 'as_shipped': 'asis'}
    want = [[keep[r['cost_mode']], r['scenario'], r['hw_config'].lower().replace('+', ''),
             r['min_max_util_layer_lp']] for r in tsv(t(d, 'dream_loads.tsv')) if r['cost_mode'] in keep]
    for r in tsv(t(d, 'dream_loads.tsv')):
        if r['cost_mode'] in keep:          # whole inferences: not shipped, but checks the data
            g = utilisation(scenarios[r['scenario']],
                            hardware[r['hw_config'].lower().replace('+', '')],
                            keep[r['cost_mode']], models, True)[1]
            ok('load', same_digits(g, r['min_max_util_model_lp']), r, float(g))
    ok('total', want == [list(r.values())[:4] for r in tsv(LOADS)], 'loads.tsv differs from the table')


def main():
    if len(sys.argv) > 2:
        sys.exit('usage: check.py [DATADIR]')
    models = load_dir('models', 'model')
    for name, m in models.items():
        check_model(name, m)
    used = {f for m in models.values() for f in [m['name'] + '.json', m['layers'], *m['costs'].values()]}
    ok('names', used == set(os.listdir(os.path.join(HERE, 'models'))), 'stray file in models/')
    hardware = load_dir('hardware', 'hardware')
    for name, h in hardware.items():
        check_hardware(name, h)
    scenarios = load_dir('scenarios', 'scenario')
    for name, s in scenarios.items():
        check_scenario(name, s, models)
    # every class of a device is in the cost set of every model that may meet it there
    for sname, s in scenarios.items():
        for hname, h in hardware.items():
            for cset in h['costs']:
                for st in s['streams']:
                    missing = ({e['class'] for e in h['engines']}
                               - set(models[st['model']]['_c'][cset]))
                    ok('class', not missing or (cset == 'asis' and 'XRBench models only'
                       in h['description'] and not sname.startswith('xrbench-')),
                       sname, hname, cset, st['model'], missing)
    for r in tsv(LOADS):
        u, g = utilisation(scenarios[r['scenario']], hardware[r['hw']], r['costs'], models)
        ok('load', same_digits(u, r['util_exact']), *r.values(), 'exact', float(u))
        ok('load', same_digits(g, r['util_layer_lp']), *r.values(), 'on the grid', float(g))
        ok('load', -1e-12 < u - g < Fraction(1, 10**4), *r.values(), float(u), float(g))
    if len(sys.argv) == 2:
        compare(sys.argv[1], models, scenarios, hardware)
    print('%d models, %d scenarios, %d hardware; checks: %s'
          % (len(models), len(scenarios), len(hardware),
             ', '.join('%s %d' % x for x in sorted(counts.items()))))
    for e in errors[:40]:
        print(e, file=sys.stderr)
    if errors:
        sys.exit('%d errors' % len(errors))
    print('ok')


if __name__ == '__main__':
    main()
