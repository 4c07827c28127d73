import axe from 'axe-core';
import type { Page } from 'playwright';

/**
 * What axe finds that keeps people out, in words.
 *
 * @param within A selector of the part that is looked at. @default all of the page
 */
export async function barriers(page: Page, within = 'html'): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    (part) =>
      (globalThis as unknown as { readonly axe: typeof axe }).axe.run(part, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        // What the kit announces to screen readers stands outside of all landmarks.
        rules: { region: { enabled: false } },
      }),
    within,
  );
  return violations.flatMap(({ id, nodes, help }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html}: ${failureSummary}`),
  );
}
