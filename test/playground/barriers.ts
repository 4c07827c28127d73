import axe from 'axe-core';
import type { Page } from 'playwright';

/**
 * What axe finds that keeps people out, in words. Axe reads a page bit by bit and mixes up what changes meanwhile,
 * so what it finds counts only if nothing did.
 *
 * @param within A selector of the part that is looked at. @default all of the page
 */
export async function barriers(page: Page, within = 'html'): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(async (part) => {
    let changed = performance.now();
    const changes = new MutationObserver(() => (changed = performance.now()));
    changes.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    try {
      for (let left = 5; ; left -= 1) {
        const latest = performance.now() + 5000;
        while (performance.now() < Math.min(changed + 300, latest)) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        const began = performance.now();
        const found = await (globalThis as unknown as { readonly axe: typeof axe }).axe.run(part, {
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
          // What the kit announces to screen readers stands outside of all landmarks.
          rules: { region: { enabled: false } },
        });
        if (found.violations.length === 0 || changed < began || left === 0) return found;
      }
    } finally {
      changes.disconnect();
    }
  }, within);
  return violations.flatMap(({ id, nodes, help }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html}: ${failureSummary}`),
  );
}
