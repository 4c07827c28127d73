/** Workloads of other shapes than the chain's, by size. */
export const shapesOf = {
  quick: ['wide:1000', 'strings:5000', 'nested:20000', 'tiny:50'],
  full: ['wide:10000', 'strings:50000', 'nested:300000', 'tiny:200'],
  large: ['wide:50000', 'strings:200000', 'nested:1000000', 'tiny:1000'],
};

/** 500 columns, long strings, nested types, many tiny tables. */
export const shapes = {
  name: 'shapes',
  title: 'wide tables, long strings, nested types, many tiny tables',
  budgetMs: { quick: 4000, full: 20_000, large: 60_000 },
  async measure({ size, isQuick, runtimes, lane, compare }) {
    for (const runtime of runtimes) {
      for (const workload of shapesOf[size]) {
        const names = isQuick ? ['bare', 'cairn'] : ['bare', 'naive', 'cairn'];
        await compare(
          `${workload}, ${runtime}`,
          `${workload.replace(':', ', ')} ${workload.startsWith('tiny') ? 'tables' : 'rows'}, ${runtime}`,
          {
            floor: 'bare',
            subject: 'cairn',
            contenders: Object.fromEntries(names.map((name) => [name, lane(runtime, name, workload)])),
          },
        );
      }
    }
  },
};
