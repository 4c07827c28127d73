import type { CairnError } from '../errors/cairn-error.ts';
import { sandboxRefused } from '../errors/engine-errors.ts';
import type { Connection } from './connection.ts';
import { quoteText } from './literal.ts';

/**
 * Shuts an instance off from everything outside of it, for good: DuckDB lets nobody turn these settings back while it runs. What a locked
 * configuration still takes are session variables and the search path, which statements need.
 *
 * @param folder The one place from where files may be read: registered ones, for it exists nowhere else.
 */
export async function lockUp(connection: Connection, folder: string): Promise<void> {
  await connection.execute(`set global allowed_directories = [${quoteText(folder)}]`);
  await connection.execute('set global enable_external_access = false');
  await connection.execute('set global lock_configuration = true');
}

const refusals: readonly RegExp[] = [
  /file system operations are disabled by configuration/,
  /the configuration has been locked/,
  /(?:Loading|Installing) external extensions is disabled/,
];

/** A statement's failure as what it is when the sandbox is why. */
export function asRefusal(failed: CairnError): CairnError {
  if (!refusals.some((refusal) => refusal.test(failed.message))) return failed;
  const said = failed.message.replace(/^The SQL failed: /, '');
  return sandboxRefused(`what the SQL wants: ${said}`, failed.details, failed.cause);
}
