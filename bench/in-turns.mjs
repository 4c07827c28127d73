// What the benchmarks of steps measure with: contenders take turns, so that a busy machine disturbs all alike.

/**
 * Runs every contender once a round, in turns, and gives the times of each: what it resolves to, or else how long it
 * took, in milliseconds. Every other round goes backwards, so that none always comes after the same one.
 */
export async function inTurns(rounds, contenders) {
  const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const order = Object.entries(contenders);
    if (round % 2 === 1) order.reverse();
    for (const [name, run] of order) {
      const begun = performance.now();
      const told = await run();
      times[name].push(told ?? performance.now() - begun);
    }
  }
  return times;
}

export const median = (values) => {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** How much of each round's time the other's was: the median of the pairs' ratios, and the least and the largest. */
export function ratioOf(times, floors) {
  const ratios = times.map((time, round) => time / floors[round]);
  return { ratio: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

/** A median with its spread, in milliseconds. */
export function msText(values) {
  const digits = median(values) < 100 ? 1 : 0;
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
  return `${median(values).toFixed(digits)} ms (${low}..${high})`;
}

/** A ratio with its spread. */
export function ratioText({ ratio, least, most }) {
  return `${ratio.toFixed(2)} x (${least.toFixed(2)}..${most.toFixed(2)})`;
}

/** Tells what contenders take, by the floor's time in the same round: a first round apart, which is cold, then the others. */
export async function compareInTurns(title, rounds, floor, contenders) {
  const cold = await inTurns(1, contenders);
  const times = await inTurns(rounds, contenders);
  console.log(title);
  for (const name of Object.keys(contenders)) {
    const ratio = ratioText(ratioOf(times[name], times[floor]));
    console.log(`  ${name}: ${msText(times[name])}, cold ${Math.round(median(cold[name]))} ms, ${ratio}`);
  }
  console.log();
}
