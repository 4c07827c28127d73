const pattern =
  /^((?:\d{4}|[-+]\d{6})-\d\d-(\d\d))(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?: ?(?:(Z)|([-+]\d\d)(?::?(\d\d))?))?)?$/i;

/**
 * The point in time that a text of ISO 8601 stands for: a day, or a day and a time. Without a zone it is in UTC, so that it is
 * the same on every machine. Undefined for any other text, and for a day that there is not.
 */
export function isoDate(text: string): Date | undefined {
  const [, day = '', number, time = '00:00', , hours, minutes = '00'] = pattern.exec(text) ?? [];
  // Days that there are not would be days of the next month.
  if (new Date(`${day}T00:00Z`).getUTCDate() !== Number(number)) return undefined;
  const date = new Date(`${day}T${time}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
