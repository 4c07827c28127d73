import type { CairnEvent } from '@cairn/core';

function find(id: string): HTMLElement {
  return document.querySelector(`#${id}`) as HTMLElement;
}

const count = new Intl.NumberFormat('en');

function size(bytes: number | undefined): string {
  if (bytes === undefined) return '';
  return bytes < 1e6 ? `${count.format(Math.ceil(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function row(cells: readonly string[], numbers: ReadonlySet<number>, tag = 'td'): HTMLTableRowElement {
  const line = document.createElement('tr');
  for (const [index, text] of cells.entries()) {
    const cell = document.createElement(tag);
    cell.textContent = text;
    if (numbers.has(index)) cell.className = 'number';
    line.append(cell);
  }
  return line;
}

const stepNumbers = new Set([2, 3, 4]);

/** Shows a step's line: what became of it, how much, how long. */
function showStep(name: string, outcome: string, facts: readonly (string | undefined)[] = []): void {
  const body = find('steps').querySelector('tbody') as HTMLTableSectionElement;
  const line = row([name, outcome, ...[0, 1, 2].map((index) => facts[index] ?? '')], stepNumbers);
  line.id = `step-${name}`;
  line.children[1]?.setAttribute('data-outcome', outcome);
  const before = document.querySelector(`#step-${name}`);
  if (before === null) body.append(line);
  else before.replaceWith(line);
}

export function showStatus(text: string, failed = false): void {
  find('status').textContent = text;
  find('status').toggleAttribute('data-failed', failed);
}

function showLoading(bytes: number, total: number | undefined): void {
  const bar = find('download') as HTMLProgressElement;
  bar.hidden = bytes === total;
  if (total === undefined) bar.removeAttribute('value');
  else bar.value = bytes / total;
  showStatus(`Loading DuckDB: ${size(bytes)}${total === undefined ? '' : ` of ${size(total)}`}`);
}

/** What a run tells, as lines of the table. */
export function showEvent(event: CairnEvent): void {
  const ms = (duration: number): string => `${count.format(Math.round(duration))} ms`;
  switch (event.type) {
    case 'pipeline_start':
      for (const name of event.steps) showStep(name, 'waiting');
      showStatus(`Running, attempt ${event.attempt}`);
      break;
    case 'engine_loading':
      showLoading(event.bytes, event.total);
      break;
    case 'step_start':
      showStep(event.step, 'running');
      break;
    case 'step_reused':
      showStep(event.step, 'reused', [
        event.rows === undefined ? undefined : count.format(event.rows),
        size(event.bytes),
      ]);
      break;
    case 'step_end':
      find('download').hidden = true;
      showStep(event.step, event.status === 'success' ? 'done' : event.status, [
        event.rows === undefined ? undefined : count.format(event.rows),
        size(event.bytes),
        ms(event.durationMs),
      ]);
      break;
    case 'step_skipped':
      showStep(event.step, 'skipped');
      break;
    default:
  }
}

export function showRows(rows: readonly Record<string, unknown>[]): void {
  const names = Object.keys(rows[0] ?? {});
  const numbers = new Set(names.keys());
  const head = document.createElement('thead');
  const body = document.createElement('tbody');
  head.append(
    row(
      names.map((name) => name.replaceAll('_', ' ')),
      numbers,
      'th',
    ),
  );
  for (const values of rows)
    body.append(
      row(
        names.map((name) => String(values[name])),
        numbers,
      ),
    );
  find('result').replaceChildren(head, body);
}

export function onClick(id: string, act: () => unknown): void {
  find(id).addEventListener('click', () => void act());
}
