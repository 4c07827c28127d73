import pc from 'picocolors';

/** Paints text; does nothing where colours are off. */
export type Colors = ReturnType<typeof pc.createColors>;

/**
 * Colours where somebody looks at them: on a terminal, or wherever `FORCE_COLOR` asks for them. A pipe and a file get
 * none, in CI too, since what reads them matches words; `NO_COLOR` turns all off.
 */
export function colorsFor(
  stream: { readonly isTTY?: boolean | undefined },
  env: NodeJS.ProcessEnv = process.env,
): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  const isAsked = FORCE_COLOR !== undefined && FORCE_COLOR !== '';
  if ((NO_COLOR !== undefined && NO_COLOR !== '') || FORCE_COLOR === '0') return pc.createColors(false);
  return pc.createColors(isAsked || (stream.isTTY === true && TERM !== 'dumb'));
}
