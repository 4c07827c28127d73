import { isCairnError } from '../errors/cairn-error.ts';
import type { Report } from './report.ts';
import type { ConfigPath } from './source.ts';

/**
 * Reports what a plugin's contribution or a step's factory threw: at the option at fault, where the error says which it
 * is. What is no `CairnError` is thrown.
 *
 * @param path Where the options are, and their `type`.
 */
export function blame(error: unknown, path: ConfigPath, report: Report): void {
  if (!isCairnError(error)) throw error;
  const { details, message } = error;
  const { issues, name, kind, given, where } = details;
  const known = Array.isArray(details['known']) ? (details['known'] as readonly string[]) : undefined;
  if (Array.isArray(issues) && issues.length > 0) {
    for (const issue of issues as readonly { readonly path: string; readonly message: string }[])
      report.add({ path: [...path, ...keysOf(issue.path)], message: issue.message });
  } else if (error.code === 'unknown_contribution' && known !== undefined) {
    const has = known.length === 0 ? 'no plugin has one' : `known: ${known.join(', ')}`;
    report.add({
      path: [...path, 'type'],
      name: String(name),
      known,
      message: `there is no such ${String(kind)} (${has})`,
    });
  } else if (typeof given === 'string' && known !== undefined) {
    report.add({ path: [...path, given], known, message: `unknown option (known: ${known.join(', ')})` });
  } else if (typeof where === 'string' && message.startsWith(`${where}: `)) {
    // `fromCsv.header: it is true or false`, of which the function's name says nothing to whoever writes YAML.
    const option = keysOf(where).slice(1);
    report.add({ path: [...path, ...option], message: message.slice(where.length + 2) });
  } else report.add({ path, message });
}

/** The keys of a path such as `range.from` or `ids[2]`. */
function keysOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) =>
    index === undefined ? (key ?? '') : Number(index),
  );
}
