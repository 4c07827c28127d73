// Figures as lines of text.

/** Milliseconds, or seconds from ten on. */
export const time = (ms) =>
  ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : ms >= 100 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(1)} ms`;

function spread({ median, least, most }) {
  const unit = median >= 10_000 ? 's' : 'ms';
  const scaled = [least, most].map((ms) =>
    unit === 's' ? (ms / 1000).toFixed(1) : ms.toFixed(median < 100 ? 1 : 0),
  );
  return `${time(median)} (${scaled.join('..')})`;
}

/** How much a contender takes of its floor, and what it took in the run before. */
function ratio({ against, before }) {
  if (against === undefined) return '';
  const text = `${against.ratio.toFixed(2)} x (${against.least.toFixed(2)}..${against.most.toFixed(2)})`;
  return before === undefined ? text : `${text}, then ${before.toFixed(2)} x`;
}

/** The longest time that a page stood still. */
const taskText =
  (pass) =>
  ({ ms, during }) =>
    ms < 50 ? `${pass} no task over 50 ms` : `${pass} longest task ${ms} ms${during ? ` (${during})` : ''}`;

const facts = {
  bytes: (bytes) => `${(bytes / 1e6).toFixed(1)} MB stored`,
  peakMb: (mb) => `peak ${mb.toFixed(0)} MB`,
  coldTask: taskText('cold'),
  warmTask: taskText('warm'),
};

/** The lines of a comparison, in columns. */
export function linesOf(title, figures, { floor }) {
  const rows = Object.entries(figures).map(([name, told]) => {
    const label = name === floor ? `${name} (floor)` : name;
    if (told.failed !== undefined) return [label, `not measured: ${told.failed}`];
    const more = Object.entries(facts).flatMap(([fact, text]) =>
      told[fact] === undefined ? [] : [text(told[fact])],
    );
    return [
      label,
      told.cold === undefined ? '' : `cold ${time(told.cold)}`,
      spread(told.warm),
      ratio(told),
      more.join(', '),
    ];
  });
  const widths = [0, 1, 2, 3].map((at) =>
    Math.max(0, ...rows.filter((row) => row.length > 2).map((row) => row[at].length)),
  );
  const pad = (row) =>
    row.map((cell, at) => cell.padEnd(row.length > 2 || at === 0 ? (widths[at] ?? 0) : 0)).join('  ');
  const rounds = Math.max(0, ...Object.values(figures).map(({ times }) => times?.length ?? 0));
  return [`${title}; ${rounds} rounds`, ...rows.map((row) => `  ${pad(row).trimEnd()}`)];
}
