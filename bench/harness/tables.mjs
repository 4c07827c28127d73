// What benchmarks have left in bench/results, as the tables of docs/performance.md.
import { time } from './report.mjs';
import { readResult } from './results.mjs';

const rangeText = ({ least, most }) => `${least.toFixed(2)}..${most.toFixed(2)}`;

/** The Markdown of the last figures of these benchmarks; those that have none are left out. */
export async function tablesOf(names, size) {
  const texts = [];
  for (const name of names) {
    const { comparisons, machine, at } = await readResult(name, size);
    for (const { title, floor, figures } of Object.values(comparisons)) {
      const measured = Object.entries(figures).filter(([, { failed }]) => failed === undefined);
      const hasCold = measured.some(([, { cold }]) => cold !== undefined);
      const rows = measured.map(([contender, told]) => [
        contender === floor ? `${contender} (floor)` : contender,
        told.cold === undefined ? '' : time(told.cold),
        time(told.warm.median),
        told.against === undefined ? '' : `${told.against.ratio.toFixed(2)} x (${rangeText(told.against)})`,
        told.bytes === undefined ? '' : (told.bytes / 1e6).toFixed(1),
        told.peakMb === undefined ? '' : told.peakMb.toFixed(0),
        [told.coldTask, told.warmTask]
          .filter(Boolean)
          .map(({ ms }) => (ms < 50 ? '< 50' : ms))
          .join(' / '),
      ]);
      const passes = hasCold ? 'warm' : 'median';
      const head = [title, 'cold', passes, 'of the floor', 'MB stored', 'peak MB', 'longest task, ms'];
      const used = head.map((_, at) => at === 0 || rows.some((row) => row[at] !== ''));
      const line = (row) => `| ${row.filter((_, at) => used[at]).join(' | ')} |`;
      texts.push([line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n'));
    }
    if (machine !== undefined)
      texts.push(
        `${name}: ${at.slice(0, 10)}, ${machine.processor}, ${machine.threads} threads, Node ${machine.node}, load ${machine.load.toFixed(1)} at its end.`,
      );
  }
  return texts.join('\n\n');
}
