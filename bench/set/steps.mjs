const countsOf = {
  node: { quick: [10, 100, 1000], full: [10, 100, 1000, 10_000], large: [10, 100, 1000, 10_000] },
  chromium: { quick: [10, 100], full: [10, 100, 1000], large: [10, 100, 1000, 10_000] },
};

/** Steps that do nothing, one after the other: what being durable costs, and whether it grows. */
export const steps = {
  name: 'steps',
  title: 'durable steps that do nothing, 10 to 10,000',
  budgetMs: { quick: 5000, full: 25_000, large: 60_000 },
  async measure({ size, runtimes, lane, compare, say }) {
    for (const runtime of runtimes) {
      const further = [];
      let before;
      for (const count of countsOf[runtime][size]) {
        const { effects } = await compare(
          `${count}, ${runtime}`,
          `${count.toLocaleString('en')} effects, ${runtime}`,
          {
            floor: 'appends',
            contenders: {
              appends: lane(runtime, 'appends', `steps:${count}`),
              effects: lane(runtime, 'effects', `steps:${count}`),
            },
          },
        );
        const now = { count, ms: effects.warm?.median };
        // A run has a price of its own: growth is what each further step costs.
        if (before !== undefined) {
          const us = ((now.ms - before.ms) / (count - before.count)) * 1000;
          further.push(`${us.toFixed(0)} us from ${before.count} to ${count}`);
        }
        before = now;
      }
      say(`a further step costs, ${runtime}: ${further.join(', ')}`);
    }
  },
};
