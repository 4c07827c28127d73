/** Where progress is written; `process.stdout` fits. */
export interface TerminalOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** Says whether lines can be written over: on a terminal that can, when nobody asked for plain lines. CI keeps a log. */
export function canRedraw(output: TerminalOutput, env: NodeJS.ProcessEnv = process.env): boolean {
  if (output.isTTY !== true || env['TERM'] === 'dumb') return false;
  const isCi = env['CI'] !== undefined && env['CI'] !== '' && env['CI'] !== 'false';
  return !isCi && env['CAIRN_PROGRESS'] !== 'lines';
}

/** What stands before a step, and what a bar is made of. */
export interface Marks {
  readonly complete: string;
  readonly reused: string;
  readonly failed: string;
  readonly canceled: string;
  readonly skipped: string;
  readonly waiting: string;
  readonly retrying: string;
  /** One after the other while it runs. */
  readonly running: readonly string[];
  readonly bar: readonly [full: string, empty: string];
  readonly more: string;
}

const unicode: Marks = {
  complete: '✔',
  reused: '↺',
  failed: '✖',
  canceled: '■',
  skipped: '–',
  waiting: '·',
  retrying: '↻',
  running: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  bar: ['█', '░'],
  more: '…',
};

const ascii: Marks = {
  complete: '+',
  reused: '=',
  failed: 'x',
  canceled: '#',
  skipped: '-',
  waiting: '.',
  retrying: '~',
  running: ['|', '/', '-', '\\'],
  bar: ['#', '.'],
  more: '...',
};

/** Marks that the terminal can show: by the locale, on Windows by the terminal. */
export function marksFor(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Marks {
  if (env['TERM'] === 'linux') return ascii;
  if (platform === 'win32')
    return env['WT_SESSION'] === undefined && env['TERM'] === undefined ? ascii : unicode;
  if (platform === 'darwin') return unicode;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return /utf-?8/i.test(locale) ? unicode : ascii;
}
