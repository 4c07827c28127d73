import { editYamlSql, yamlSteps, type TextEdit, type YamlStep } from '@cairn/core/yaml';

/** The least that has to be replaced in a text to make another of it; undefined when they are the same. */
export function changeBetween(before: string, after: string): TextEdit | undefined {
  if (before === after) return undefined;
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from += 1;
  let end = 0;
  while (end < most - from && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { from, to: before.length - end, insert: after.slice(from, after.length - end) };
}

/** The text after a change. */
export function edited(text: string, { from, to, insert }: TextEdit): string {
  return text.slice(0, from) + insert + text.slice(to);
}

let last: { readonly yaml: string; readonly steps: readonly YamlStep[] } | undefined;

/** The steps of a text. Several ask for those of the same one. */
export function stepsIn(yaml: string): readonly YamlStep[] {
  if (last?.yaml !== yaml) last = { yaml, steps: yamlSteps(yaml) };
  return last.steps;
}

/** The steps that have their SQL in the text, each name once. */
export function sqlSteps(yaml: string): readonly (YamlStep & { readonly sql: object })[] {
  const seen = new Set<string>();
  return stepsIn(yaml).filter((step): step is YamlStep & { readonly sql: object } => {
    const isNew = step.sql !== undefined && !seen.has(step.name);
    seen.add(step.name);
    return isNew;
  });
}

/** A statement as one edits it by itself: the line end that a block in YAML gives it is not shown. */
export function shownSql(sql: string): string {
  return sql.replace(/\n+$/, '');
}

/** The change of the YAML that gives a step the statement that is shown; undefined where the step is not there. */
export function sqlEdit(yaml: string, step: string, shown: string): TextEdit | undefined {
  const before = stepsIn(yaml).find(({ name, sql }) => name === step && sql !== undefined)?.sql?.text;
  if (before === undefined) return undefined;
  const tail = before.slice(shownSql(before).length);
  return editYamlSql(yaml, step, shownSql(shown) + tail);
}
