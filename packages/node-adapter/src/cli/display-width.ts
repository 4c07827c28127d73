import { stripVTControlCharacters } from 'node:util';

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const none = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** How many cells of a terminal a text takes, its colours left out (after Unicode's East Asian Width, UAX 11). */
export function displayWidth(text: string): number {
  let width = 0;
  for (const letter of stripVTControlCharacters(text)) width += widthOf(letter);
  return width;
}

function widthOf(letter: string): number {
  if (letter < '\u0300') return 1;
  if (none.test(letter)) return 0;
  return wide.test(letter) ? 2 : 1;
}

/** The beginning of a text without colours that fits so many cells, with `…` where something was left out. */
export function cut(text: string, cells: number): string {
  if (text.length <= cells && displayWidth(text) <= cells) return text;
  let kept = '';
  let width = 0;
  for (const letter of text) {
    width += widthOf(letter);
    if (width > cells - 1) break;
    kept += letter;
  }
  return cells < 1 ? '' : `${kept}…`;
}

export function padEnd(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - displayWidth(text)));
}

export function padStart(text: string, cells: number): string {
  return ' '.repeat(Math.max(0, cells - displayWidth(text))) + text;
}

const names: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text in one line that no terminal takes for a command: control characters as their escapes. */
export function visible(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (letter) => {
    return names[letter] ?? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
