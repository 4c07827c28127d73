import pc from 'picocolors';

/**
 * Colours where somebody looks at them: on a terminal, or wherever `FORCE_COLOR` asks for them. A pipe and a file get
 * none, in CI too, since what reads them matches words; `NO_COLOR` turns all off.
 */
export function colorsFor(
  stream: { readonly isTTY?: boolean | undefined },
  env: NodeJS.ProcessEnv = process.env,
): ReturnType<typeof pc.createColors> {
  const isAsked = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  return pc.createColors((stream.isTTY === true || isAsked) && pc.isColorSupported);
}
