#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make the shipped workload files from the measured tables.

usage: import.py DATADIR

Writes models/, scenarios/ and hardware/ beside this script, and the check
figures in tests/data/loads.tsv.  The output depends on the tables alone:
running the script again gives the same bytes.  Formats and provenance:
Documentation/workload-format.md.
"""

import csv
import json
import os
import re
import sys
from decimal import Decimal
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
LOADS = os.path.join(HERE, '..', '..', 'tests', 'data', 'loads.tsv')

SIZES = ('1k', '2k', '2kw', '4k', '8k')
CLASSES = [d + '-' + s for d in ('ws', 'os', 'rs') for s in SIZES]
# (PEs, NoC elements per cycle) -> size suffix of the class name
SIZE_OF = {
    (1024, 128): '1k', (2048, 128): '2k', (2048, 256): '2kw',
    (3072, 128): '3k', (4096, 256): '4k', (6144, 256): '6k', (8192, 256): '8k',
}
PES_BW = {v: k for k, v in SIZE_OF.items()}
ALL_CLASSES = [d + '-' + s for d in ('ws', 'os', 'rs')
               for s in ('1k', '2k', '2kw', '3k', '4k', '6k', '8k')]

LAYER_COLS = ('variant layer name type macs out_bytes weight_bytes skip side exit '
              'K C Y X R S stride groups out_y out_x repeat batch').split()

TOOL = 'costs: MAESTRO cost model as in the XRBench-MLSys2023 harness'

# our name: table model, table variants (heaviest first), description, source
DREAM_MODELS = {
    'FBNet-C': ('FBNet-C', ['base'], 'FBNet-C, 224x224 image; gaze estimation',
                'FBNet, CVPR 2019, variant C'),
    'SSD-MobileNetV2': ('SSD-MobileNetV2', ['coco300'],
                        'SSD on MobileNetV2, 300x300 image, 91 classes; object, hand and face detection',
                        'MobileNetV2, CVPR 2018; SSD, ECCV 2016; ssd_mobilenet_v2_coco'),
    'HandPoseNet': ('HandPoseNet', ['deepprior++'],
                    'DeepPrior++, 128x128 depth crop; hand pose (a stand-in)',
                    'DeepPrior++, ICCV workshops 2017'),
    'OFA': ('OFA', ['s0-595M', 's1-389M', 's2-230M', 's3-145M'],
            'Once-for-All supernet, MobileNetV3 space, four sub-networks; context understanding',
            'Once-for-All, ICLR 2020; s0 is the published flops@595M_top1@80.0, '
            's1 to s3 were drawn to match published MACs and parameters'),
    'KWS-res8': ('KWS-res8', ['narrow'], 'res8-narrow, 101x40 spectrogram; keyword spotting',
                 'Deep residual learning for small-footprint keyword spotting, ICASSP 2018'),
    'GNMT': ('GNMT', ['len15'],
             'GNMT, 8+8 LSTM layers of 1024, greedy, 15 tokens in and out; translation',
             "Google's neural machine translation system, arXiv 1609.08144, 2016"),
    'SkipNet': ('SkipNet', ['resnet50'],
                'ResNet-50 with 15 of 16 residual blocks gated, 224x224 image; context understanding',
                'SkipNet, ECCV 2018'),
    'DepthNet': ('DepthNet', ['fcrn-upconv'],
                 'FCRN with ResNet-50 encoder and up-convolutions, 228x304 image; depth (a stand-in)',
                 'Fully convolutional residual networks, 3DV 2016'),
    'DepthNet-fastdepth': ('DepthNet', ['fastdepth'],
                           'FastDepth, MobileNet-NNConv5, unpruned, 224x224 image; light depth network',
                           'FastDepth, ICRA 2019'),
    'ED-TCN': ('ED-TCN', ['50salads'],
               'ED-TCN, 2 layers, window of 644 frames of 128 features; action segmentation',
               'Temporal convolutional networks, CVPR 2017'),
    'VGG-VoxCeleb': ('VGG-VoxCeleb', ['vgg-m'],
                     'VGG-M of VoxCeleb, 512x300 spectrogram, 1251 classes; verification',
                     'VoxCeleb, Interspeech 2017'),
    'TrailNet': ('TrailNet', ['s-resnet18'],
                 'TrailNet SResNet-18, 180x320 image; trail following', 'TrailNet, IROS 2017'),
    'SOSNet-p1': ('SOSNet', ['p1'], 'SOSNet, 1 patch of 32x32 per frame; visual odometry',
                  'SOSNet, CVPR 2019'),
    'SOSNet-p64': ('SOSNet', ['p64'], 'SOSNet, 64 patches of 32x32 per frame; visual odometry',
                   'SOSNet, CVPR 2019'),
    'SOSNet-p256': ('SOSNet', ['p256'], 'SOSNet, 256 patches of 32x32 per frame; visual odometry',
                    'SOSNet, CVPR 2019'),
    'RAPID-RL': ('RAPID-RL', ['alexnet227'],
                 'AlexNet deep Q network with two early exits, 227x227 image; obstacle avoidance',
                 'idea: RAPID-RL, ICRA 2022; backbone: PEDRA AlexNet; exit branches are ours'),
    'RAPID-RL-c3f2': ('RAPID-RL', ['c3f2-103'],
                      'C3F2 deep Q network with two early exits, 103x103 image; obstacle avoidance',
                      'idea: RAPID-RL, ICRA 2022; backbone: PEDRA C3F2; exit branches are ours'),
    'GoogLeNet-car': ('GoogLeNet-car', ['compcars431'],
                      'GoogLeNet without auxiliary heads, 224x224 image, 431 classes; car classification',
                      'GoogLeNet, CVPR 2015; CompCars, CVPR 2015'),
}
VARIANT_NOTES = {
    's0-595M': 'published configuration flops@595M_top1@80.0',
    's1-389M': 'drawn to match flops@389M_top1@79.1, whose accuracy is quoted',
    's2-230M': 'drawn to match pixel1_lat@58ms_top1@76.9, whose accuracy is quoted',
    's3-145M': 'drawn to match s7edge_lat@58ms_top1@74.7, whose accuracy is quoted',
}
SKIP_PROB = 0.5
# conditional on reaching the exit: 1/3 each of exit 1, exit 2 and the end
EXIT_PROB = {'exit1': 0.333333, 'exit2': 0.5}

XR_TASKS = {
    'HT': 'hand tracking', 'ES': 'eye segmentation', 'GE': 'gaze estimation',
    'KD': 'keyword detection', 'SR': 'speech recognition', 'SS': 'semantic segmentation',
    'OD': 'object detection', 'AS': 'action segmentation', 'DE': 'depth estimation',
    'DR': 'depth refinement', 'PD': 'plane detection',
}
# layer for layer the same network, listed once in the tables
XR_ALIAS = {'D2go_FastRCNN': 'OD_D2go_FasterRCNN'}

# (stream, model, fps[, upstream])
DREAM_SCENARIOS = {
    'VR_Gaming': ('virtual reality game with gaze, hands, context and voice commands', [
        ('gaze', 'FBNet-C', 60),
        ('hand_detection', 'SSD-MobileNetV2', 30),
        ('hand_pose', 'HandPoseNet', 30, 'hand_detection'),
        ('context', 'OFA', 30),
        ('keyword_spotting', 'KWS-res8', 15),
        ('translation', 'GNMT', 15, 'keyword_spotting')]),
    'AR_Call': ('augmented reality call with voice translation and context', [
        ('keyword_spotting', 'KWS-res8', 15),
        ('translation', 'GNMT', 15, 'keyword_spotting'),
        ('context', 'SkipNet', 30)]),
    'AR_Social': ('augmented reality social interaction: depth, actions, faces, context', [
        ('depth', 'DepthNet', 30),
        ('action_segmentation', 'ED-TCN', 30),
        ('face_detection', 'SSD-MobileNetV2', 30),
        ('face_verification', 'VGG-VoxCeleb', 30, 'face_detection'),
        ('context', 'OFA', 30)]),
    'Drone_Outdoor': ('drone outdoors: objects, trail following, visual odometry', [
        ('object_detection', 'SSD-MobileNetV2', 30),
        ('navigation', 'TrailNet', 60),
        ('visual_odometry', 'SOSNet-p64', 60)]),
    'Drone_Indoor': ('drone indoors: objects, obstacle avoidance, visual odometry, cars', [
        ('object_detection', 'SSD-MobileNetV2', 30),
        ('obstacle_avoidance', 'RAPID-RL', 60),
        ('visual_odometry', 'SOSNet-p64', 60),
        ('car_classification', 'GoogLeNet-car', 60)]),
}
TRIGGER_PROB = 0.5

# big engine first; per total size the classes of a half and of a quarter
DREAM_HW = {'2ws': ['ws:h', 'ws:h'], '2os': ['os:h', 'os:h'],
            '1ws2os': ['ws:h', 'os:q', 'os:q'], '1os2ws': ['os:h', 'ws:q', 'ws:q']}
DREAM_SIZES = {'4k': {'h': '2k', 'q': '1k'}, '8k': {'h': '4k', 'q': '2kw'}}

XR_HW = {  # letter: dataflows in slot order, shape
    'a': ('ws', 'single'), 'b': ('os', 'single'), 'c': ('rs', 'single'),
    'd': ('ws ws', 'dual'), 'e': ('os os', 'dual'), 'f': ('rs rs', 'dual'),
    'g': ('ws ws ws ws', 'quad'), 'h': ('os os os os', 'quad'), 'i': ('rs rs rs rs', 'quad'),
    'j': ('ws os', 'dual'), 'k': ('ws os', 'biglittle'), 'l': ('ws os', 'littlebig'),
    'm': ('ws os ws os', 'quad'),
}
XR_SHAPES = {
    '4k': {'single': ['4k'], 'dual': ['2k'] * 2, 'biglittle': ['3k', '1k'],
           'littlebig': ['1k', '3k'], 'quad': ['1k'] * 4},
    '8k': {'single': ['8k'], 'dual': ['4k'] * 2, 'biglittle': ['6k', '2kw'],
           'littlebig': ['2kw', '6k'], 'quad': ['2kw'] * 4},
}
LOAD_SETS = {'rsfix': 'rsfix', 'as_shipped': 'asis'}


def table(datadir, name):
    with open(os.path.join(datadir, name), newline='', encoding='utf-8') as f:
        return list(csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE))


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', newline='\n', encoding='utf-8') as f:
        f.write(text)


def write_tsv(path, cols, rows):
    for r in rows:
        assert len(r) == len(cols)
    write(path, ''.join('\t'.join(str(c) for c in r) + '\n' for r in [cols] + rows))


def pretty(v, indent=0, room=124):
    """JSON with short objects on one line."""
    flat = json.dumps(v, ensure_ascii=True)
    if not isinstance(v, (dict, list)) or (indent and len(flat) + indent <= room):
        return flat
    pad = ' ' * (indent + 2)
    if isinstance(v, dict):
        body = [pad + json.dumps(k) + ': ' + pretty(x, indent + 2) for k, x in v.items()]
        return '{\n' + ',\n'.join(body) + '\n' + ' ' * indent + '}'
    body = [pad + pretty(x, indent + 2) for x in v]
    return '[\n' + ',\n'.join(body) + '\n' + ' ' * indent + ']'


def write_json(path, obj):
    write(path, pretty(obj) + '\n')


def contiguous(rows, what):
    """The layers of one skippable block follow one another."""
    seen, prev = set(), '-'
    for r in rows:
        b = r['skip']
        if b != prev and b != '-':
            assert b not in seen, (what, b)
            seen.add(b)
        prev = b


def emit_model(name, desc, source, variants, layers, costs):
    """variants: [dict]; layers: {variant: [dict]}; costs: {set: (classes, {(variant, i, class)})}"""
    d = os.path.join(HERE, 'models')
    rows = []
    for v in variants:
        contiguous(layers[v['name']], name)
        for i, r in enumerate(layers[v['name']]):
            assert r['layer'] == i
            rows.append([r[c] for c in LAYER_COLS])
    write_tsv(os.path.join(d, name + '.layers.tsv'), LAYER_COLS, rows)
    for cset, (classes, cost) in costs.items():
        cols = ['variant', 'layer']
        for c in classes:
            cols += [c + '.latency_ns', c + '.energy_pj']
        rows = []
        for v in variants:
            for i in range(len(layers[v['name']])):
                row = [v['name'], i]
                for c in classes:
                    row += cost[v['name'], i, c]
                rows.append(row)
        write_tsv(os.path.join(d, '%s.%s.tsv' % (name, cset)), cols, rows)
    write_json(os.path.join(d, name + '.json'), {
        'format': 'xrsched-model', 'version': 1, 'name': name,
        'description': desc, 'source': source,
        'layers': name + '.layers.tsv',
        'costs': {c: '%s.%s.tsv' % (name, c) for c in costs},
        'variants': variants})


def dream_models(datadir):
    layers = {}
    for r in table(datadir, 'dream_layers.tsv'):
        block, exit_ = r['skippable_block_id'], '-'
        side = 0
        if block.startswith('exit'):        # rows of a side branch, not a skippable block
            assert r['name'].startswith(block + '_')
            side = 1
            if r['exit_after'] == '1':
                exit_ = block
            block = '-'
        elif r['name'].startswith('gate_') or r['name'].endswith('_se'):
            assert r['type'] == 'GEMM' and block == '-'
            side = 1
        row = {'variant': r['variant'], 'layer': int(r['layer_index']), 'name': r['name'],
               'type': r['type'], 'macs': r['macs'], 'out_bytes': r['out_activation_bytes'],
               'weight_bytes': r['weight_bytes'], 'skip': block, 'side': side, 'exit': exit_}
        row.update({c: r[c] for c in LAYER_COLS[10:]})
        rows = layers.setdefault((r['model'], r['variant']), [])
        if r['exit_after'] == '1' and exit_ == '-':
            row['end'] = True               # the regular end, no exit
        assert not rows or 'end' not in rows[-1]
        rows.append(row)

    costs = {}
    for cset, f in (('rsfix', 'dream_costs.tsv'), ('asis', 'dream_costs_asis.tsv')):
        for r in table(datadir, f):
            costs.setdefault(r['model'], {}).setdefault(cset, {})[
                r['variant'], int(r['layer_index']), r['accel_class']] = (
                    int(r['latency_ns']), int(r['energy_pj']))
    top1 = {(r['model'], r['variant']): r['imagenet_top1']
            for r in table(datadir, 'dream_variants.tsv')}

    used = set()
    for name, (tmodel, tvars, desc, source) in DREAM_MODELS.items():
        variants, lay = [], {}
        for tv in tvars:
            used.add((tmodel, tv))
            rows = lay[tv] = layers[tmodel, tv]
            first = rows[0]
            v = {'name': tv}
            if tv in VARIANT_NOTES:
                v['description'] = VARIANT_NOTES[tv]
            if top1[tmodel, tv] != '-':
                v['accuracy'] = float(Decimal(top1[tmodel, tv]) / 100)
            v['input_bytes'] = (int(first['C']) * int(first['Y']) * int(first['X'])
                                * int(first['batch']))
            skips, exits = [], []
            for r in rows:
                if r['skip'] != '-' and r['skip'] not in skips:
                    skips.append(r['skip'])
                if r['exit'] != '-':
                    exits.append({'name': r['exit'], 'layer': r['layer'],
                                  'probability': EXIT_PROB[r['exit']]})
            if skips:
                v['skips'] = [{'name': s, 'probability': SKIP_PROB} for s in skips]
            if exits:
                v['exits'] = exits
            variants.append(v)
        emit_model(name, desc, source + '; ' + TOOL, variants, lay,
                   {c: (CLASSES, costs[tmodel][c]) for c in ('rsfix', 'asis')})
    assert used == set(layers), set(layers) ^ used


def xrbench_models(datadir):
    layers, asis, task = {}, {}, {}
    for r in table(datadir, 'xrbench_layers.tsv'):
        m, i = r['model'], int(r['layer'])
        task[m] = r['task']
        flow, pes, bw = re.fullmatch(r'(WS|OS|RS)_(\d+)pe_bw(\d+)', r['accel']).groups()
        cls = flow.lower() + '-' + SIZE_OF[int(pes), int(bw)]
        asis.setdefault(m, {})['base', i, cls] = (int(r['latency_ns']), int(r['energy_pj']))
        K, C, Y, X, R, S = (int(r[c]) for c in 'KCYXRS')
        oy, ox = max(Y - R + 1, 1), max(X - S + 1, 1)
        row = {'variant': 'base', 'layer': i, 'name': r['name'], 'type': 'CONV',
               'macs': K * C * oy * ox * R * S, 'out_bytes': K * oy * ox,
               'weight_bytes': K * C * R * S, 'skip': '-', 'side': 0, 'exit': '-',
               'K': K, 'C': C, 'Y': Y, 'X': X, 'R': R, 'S': S, 'stride': 1, 'groups': 1,
               'out_y': oy, 'out_x': ox, 'repeat': 1, 'batch': 1}
        assert layers.setdefault(m, {}).setdefault(i, row) == row
    rsfix = {}
    for r in table(datadir, 'xrbench_costs_classes.tsv'):
        rsfix.setdefault(r['variant'], {})['base', int(r['layer_index']), r['accel_class']] = (
            int(r['latency_ns']), int(r['energy_pj']))
    assert set(rsfix) == set(asis)
    for m in sorted(layers):
        rows = [layers[m][i] for i in range(len(layers[m]))]
        f = rows[0]
        wide = [c for c in ALL_CLASSES if ('base', 0, c) in asis[m]]
        emit_model(m, 'XRBench %s (%s)' % (task[m], XR_TASKS[task[m]]),
                   'XRBench-MLSys2023 harness layer list, MIT licence; ' + TOOL,
                   [{'name': 'base', 'input_bytes': f['C'] * f['Y'] * f['X']}],
                   {'base': rows},
                   {'rsfix': (CLASSES, rsfix[m]), 'asis': (wide, asis[m])})


def number(s):
    d = Decimal(s)
    return int(d) if d == d.to_integral_value() else float(d)


def scenarios(datadir):
    d = os.path.join(HERE, 'scenarios')
    for name, (desc, rows) in DREAM_SCENARIOS.items():
        streams = []
        for row in rows:
            s = {'name': row[0], 'model': row[1], 'fps': row[2]}
            if len(row) > 3:
                s['upstream'] = row[3]
                s['trigger_probability'] = TRIGGER_PROB
            streams.append(s)
        write_json(os.path.join(d, name + '.json'), {
            'format': 'xrsched-scenario', 'version': 1, 'name': name,
            'description': 'DREAM: ' + desc, 'costs': 'rsfix', 'streams': streams})
    xr = {}
    for r in table(datadir, 'xrbench_scenarios.tsv'):
        s = {'name': r['task'], 'model': XR_ALIAS.get(r['model'], r['model']),
             'fps': number(r['target_fps'])}
        if r['model'] in XR_ALIAS:
            s['source_model'] = r['model']
        if r['depends_on']:
            s['upstream'] = r['depends_on']
            s['trigger_probability'] = number(r['probability'])
        else:
            assert number(r['probability']) == 1
        xr.setdefault(r['scenario'], []).append(s)
    for name, streams in xr.items():
        write_json(os.path.join(d, 'xrbench-%s.json' % name), {
            'format': 'xrsched-scenario', 'version': 1, 'name': 'xrbench-' + name,
            'source_name': name,
            'description': 'XRBench usage scenario ' + name.replace('_', ' '),
            'costs': 'asis', 'streams': streams})


def hardware():
    d = os.path.join(HERE, 'hardware')

    def emit(name, desc, classes):
        count, engines = {}, []
        for c in classes:
            flow, size = c.split('-')
            n = count[flow] = count.get(flow, -1) + 1
            pes, bw = PES_BW[size]
            # 1 GHz and one byte per element: elements per cycle are bytes per ns
            engines.append({'name': flow + str(n), 'class': c, 'pes': pes,
                            'bytes_per_us': bw * 1000})
        sets = ['rsfix', 'asis'] if set(classes) <= set(CLASSES) else ['asis']
        write_json(os.path.join(d, name + '.json'), {
            'format': 'xrsched-hardware', 'version': 1, 'name': name,
            'description': desc, 'costs': sets, 'engines': engines})

    for size, part in DREAM_SIZES.items():
        for hw, slots in DREAM_HW.items():
            classes = [f + '-' + part[p] for f, p in (s.split(':') for s in slots)]
            emit('%s-%s' % (size, hw), 'DREAM, %s processing elements: %s'
                 % (size.upper(), ' + '.join(classes)), classes)
    for size, shapes in XR_SHAPES.items():
        for letter, (flows, shape) in XR_HW.items():
            classes = ['-'.join(p) for p in zip(flows.split(), shapes[shape], strict=True)]
            desc = 'XRBench accelerator %s, %s processing elements: %s' % (
                letter.upper(), size.upper(), ' + '.join(classes))
            if not set(classes) <= set(CLASSES):
                desc += ' (XRBench models only)'
            emit('xrbench-%s-%s' % (size, letter), desc, classes)


def best_split(items, na, nb):
    """max over w of sum(min(w_a * a, w_b * b)) with na * w_a + nb * w_b = 1, exactly"""
    items = sorted(items, key=lambda t: Fraction(t[0], t[1]))
    done, rest, best = 0, sum(b for _, b in items), Fraction(0)
    for a, b in items:
        done += a
        rest -= b
        best = max(best, Fraction(done * b + a * rest, na * b + nb * a))
    return best


def loads(datadir):
    """The table's figures (found on a grid, so up to 1e-4 low) and the exact ones."""
    lat = {}                                # (set, table model, variant): {class: {layer: ns}}
    for cset, f in (('rsfix', 'dream_costs.tsv'), ('asis', 'dream_costs_asis.tsv')):
        for r in table(datadir, f):
            lat.setdefault((cset, r['model'], r['variant']), {}).setdefault(
                r['accel_class'], {})[int(r['layer_index'])] = int(r['latency_ns'])
    rows = []
    for r in table(datadir, 'dream_loads.tsv'):
        if r['cost_mode'] not in LOAD_SETS:
            continue
        cset, hw = LOAD_SETS[r['cost_mode']], r['hw_config'].lower().replace('+', '')
        size, shape = hw.split('-')
        classes = [f + '-' + DREAM_SIZES[size][p] for f, p in
                   (s.split(':') for s in DREAM_HW[shape])]
        ca, cb = classes[0], classes[-1]
        items = []
        for stream in DREAM_SCENARIOS[r['scenario']][1]:
            tmodel, tvars = DREAM_MODELS[stream[1]][:2]
            cost = lat[cset, tmodel, tvars[0]]
            items += [(stream[2] * cost[ca][i], stream[2] * cost[cb][i]) for i in cost[ca]]
        if ca == cb:
            exact = Fraction(sum(a for a, _ in items), len(classes))
        else:
            exact = best_split(items, classes.count(ca), classes.count(cb))
        # fps * ns / 1e9 is the utilisation; six decimals, rounded to nearest
        micro = int(exact / 1000 + Fraction(1, 2))
        rows.append([cset, r['scenario'], hw, r['min_max_util_layer_lp'],
                     '%d.%06d' % divmod(micro, 10**6)])
    assert len(rows) == 80
    write_tsv(LOADS, ['costs', 'scenario', 'hw', 'util_layer_lp', 'util_exact'], rows)


def main():
    if len(sys.argv) != 2:
        sys.exit('usage: import.py DATADIR')
    for kind in ('models', 'scenarios', 'hardware'):
        path = os.path.join(HERE, kind)
        for f in os.listdir(path) if os.path.isdir(path) else []:
            if f.endswith(('.json', '.tsv')):
                os.unlink(os.path.join(path, f))
    dream_models(sys.argv[1])
    xrbench_models(sys.argv[1])
    scenarios(sys.argv[1])
    hardware()
    loads(sys.argv[1])


if __name__ == '__main__':
    main()
