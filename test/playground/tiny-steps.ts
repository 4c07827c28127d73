/** A pipeline of so many steps that take next to no time, in processes of 20: each is made of one or two that came before. */
export function tinySteps(count: number): string {
  const lines = [`name: tiny`, `processes:`];
  for (let at = 0; at < count; at += 1) {
    if (at % 20 === 0) lines.push(`  part_${at / 20}:`);
    const [one, other] = [Math.max(at - 7, 0), Math.max(at - 12, 0)];
    lines.push(
      at === 0
        ? `    - { step: step_0, inputs: [], sql: select 0 as n }`
        : `    - { step: step_${at}, sql: select n + 1 as n from step_${one}${at % 3 === 0 ? ` union all from step_${other}` : ''} limit 4 }`,
    );
  }
  return `${lines.join('\n')}\n`;
}
