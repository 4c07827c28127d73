import { type CairnError, invalidData } from '@cairn/core/plugin';

/** What is wrong with an input, where it is and how it reads there. */
export function lineFault(
  { label, name }: { readonly label: string; readonly name: string },
  where: number | string | undefined,
  what: string,
  content: string,
  cause: unknown,
): CairnError {
  const shown = content.length > 200 ? `${content.slice(0, 200)}...` : content;
  const quoted = shown === '' ? '' : `: ${JSON.stringify(shown)}`;
  const place = typeof where === 'number' ? `line ${where}` : where;
  return invalidData(
    `${label}${place === undefined ? '' : `, ${place}`}: ${what}${quoted}`,
    { input: name, ...(place !== undefined && { where: place }), content: shown },
    cause,
  );
}
