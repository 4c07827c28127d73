const rowsOf = {
  quick: [1000, 10_000],
  full: [10_000, 100_000, 1_000_000],
  large: [10_000, 100_000, 1_000_000, 10_000_000],
};

/** The chain over more and more rows: whether a row costs more when there are many. */
export const rows = {
  name: 'rows',
  title: 'the chain over 10,000 to 1,000,000 rows, in Node; with --large to 10,000,000',
  rounds: { quick: 2, full: 3, large: 3 },
  budgetMs: { quick: 3000, full: 20_000, large: 120_000 },
  async measure({ size, runtimes, lane, compare, say }) {
    if (!runtimes.includes('node')) return;
    const costs = [];
    for (const count of rowsOf[size]) {
      const { bare, cairn } = await compare(
        `${count}`,
        `chain of ten, ${count.toLocaleString('en')} rows, node`,
        {
          floor: 'bare',
          contenders: {
            bare: lane('node', 'bare', `chain:${count}`),
            cairn: lane('node', 'cairn', `chain:${count}`),
          },
        },
      );
      const cost = ({ warm }) => (((warm?.median ?? NaN) / count) * 1e5).toFixed(0);
      costs.push(`${count.toLocaleString('en')} rows ${cost(cairn)} ns (bare ${cost(bare)} ns)`);
    }
    say(`a row and step costs: ${costs.join('; ')}`);
  },
};
