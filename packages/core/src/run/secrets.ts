import { isWellFormed } from '../pipeline/sql.ts';

/** Where the values of secrets come from: an object, or a function that looks one up. */
export type SecretValues =
  | Readonly<Record<string, string>>
  | ((name: string) => string | undefined | Promise<string | undefined>);

/** Looks up secrets, and keeps what was looked up out of texts. */
export interface SecretKeeper {
  /**
   * The value of a secret, or undefined when nobody knows it.
   *
   * @param others Asked when the runner's own values do not have it.
   */
  secret(name: string, others?: () => Promise<string | undefined> | undefined): Promise<string | undefined>;
  /** The text with `***` for every value that was looked up, also where it stands percent-encoded. */
  redact(text: string): string;
}

export function secretKeeper(values: SecretValues): SecretKeeper {
  const forms = new Set<string>();
  const known = async (name: string): Promise<string | undefined> =>
    typeof values === 'function' ? values(name) : Object.hasOwn(values, name) ? values[name] : undefined;
  return {
    async secret(name, others) {
      const value = (await known(name)) ?? (await others?.());
      if (typeof value === 'string' && value !== '') forms.add(value).add(percentEncoded(value));
      return value;
    },
    redact(text) {
      let safe = text;
      // The longest first: one may hold another.
      for (const form of [...forms].sort((one, other) => other.length - one.length))
        safe = safe.replaceAll(form, '***');
      return safe;
    },
  };
}

function percentEncoded(value: string): string {
  return isWellFormed(value) ? encodeURIComponent(value) : value;
}
