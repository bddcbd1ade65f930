# SPDX-License-Identifier: GPL-2.0-only
"""Tables in Markdown, and plots by gnuplot."""
import os
import subprocess

from evalreport import lines

PAGE = os.environ.get('EVAL_PAGE', os.path.join(lines.TOP, 'Documentation', 'evaluation.md'))
PLOTS = os.path.splitext(PAGE)[0]


def relative(reduction):
    """As a ratio of UXCosts, what was a reduction."""
    return '–' if reduction is None else f'{1 - reduction:.3f}'


def interval(pair):
    return f'{1 - pair[1]:.2f}…{1 - pair[0]:.2f}' if pair else '–'


def percent(share):
    return '–' if share is None else f'{100 * share:.1f}'


def table(head, rows):
    text = ['| ' + ' | '.join(head) + ' |', '|---' + '|--:' * (len(head) - 1) + '|']
    text += ['| ' + ' | '.join(map(str, row)) + ' |' for row in rows]
    return '\n'.join(text) + '\n'


def others(policy):
    """All policies that it is compared with."""
    return [p for p in lines.POLICIES if p != policy]


def prefix_of(policy):
    return 'default_' if policy == lines.DEFAULT else ''


def comparison(loads, policy, suffix, order):
    """The policy's UXCost over each other's, with both intervals."""
    prefix, rows = prefix_of(policy), []
    for other in others(policy):
        row = [other]
        for load in order:
            s = loads[load]
            cells = interval(s[prefix + 'ci95_cells' + suffix].get(other))
            seeds = interval(s[prefix + 'ci95_seeds' + suffix].get(other))
            value = relative(s[prefix + 'reduction_vs' + suffix].get(other))
            row.append(f'**{value}** {cells}<br>({seeds})')
        rows.append(row)
    return table(['against'] + order, rows)


def ratios(loads, policy, suffix, names, order):
    key = prefix_of(policy) + 'reduction_vs' + suffix
    return table(['against'] + order, [[p] + [relative(loads[load][key].get(p)) for load in order] for p in names])


def means(loads, key, policies, order, show):
    return table(['policy'] + order, [[p] + [show(loads[load][key][p]) for load in order] for p in policies])


def gnuplot(name, script, blocks):
    """A plot; blocks: named lists of rows."""
    text = ''.join(f'${key} << EOD\n' + '\n'.join(' '.join(map(str, row)) for row in rows) + '\nEOD\n'
                   for key, rows in blocks.items())
    os.makedirs(PLOTS, exist_ok=True)
    target = os.path.join(PLOTS, name + '.svg')
    text += ("set terminal svg size 900,480 font 'sans,12' background 'white'\n"
             f"set output '{target}'\n" + script)
    subprocess.run(['gnuplot'], input=text, text=True, check=True)
    with open(target, encoding='utf-8') as file:
        svg = file.read().replace('\r', '')
    with open(target, 'w', encoding='utf-8') as file:
        file.write(svg)
    return f'![{name}]({os.path.basename(PLOTS)}/{name}.svg)\n\n'


def bars(name, title, ylabel, key, rows, columns):
    """Groups of bars: a row for each group, its name first; a line at 1."""
    plots = ', '.join(f"$data using {i + 2}{':xtic(1)' if not i else ''} title '{column}'"
                      for i, column in enumerate(columns))
    return gnuplot(name, f"""
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.85 border -1
set title '{title}' noenhanced
set ylabel '{ylabel}' noenhanced
set key outside right noenhanced title '{key}'
set xtics noenhanced
set grid ytics
set yrange [0:*]
plot {plots}, 1 with lines dashtype 2 linecolor 'black' notitle
""", {'data': rows})
