import { createPace, definePlugin, type Plugin, type TableView } from '@cairn/core/plugin';

/**
 * Transforms of the examples, for pipelines that are YAML to name.
 *
 * `groups` numbers what hangs together: its input has a pair in each row, in its first two columns, and what is linked over any number of
 * pairs is one group. SQL would need a recursion for it that looks at every pair again and again.
 */
export const exampleTransforms: Plugin = definePlugin({
  name: 'examples',
  version: '1',
  transforms: {
    groups: {
      create: () => ({
        version: '1',
        async run(inputs, { progress, signal }) {
          const [pairs] = Object.values(inputs) as TableView[];
          if (pairs === undefined) throw new Error("'groups' needs a step with pairs among its inputs");
          const groups = union();
          const pace = createPace();
          let done = 0;
          for await (const batch of pairs.batches()) {
            const [one, other] = [batch.getChildAt(0), batch.getChildAt(1)];
            for (let row = 0; row < batch.numRows; row += 1) {
              groups.link(String(one?.get(row)), String(other?.get(row)));
              done += 1;
              if (done % 200 !== 0) continue;
              signal.throwIfAborted();
              progress(done, pairs.rows);
              await pace();
            }
          }
          return groups.rows();
        },
      }),
    },
  },
});

interface Member {
  readonly member: string;
  readonly group: number;
}

/** A union-find over names, in the order in which they are first seen. */
function union(): { link(one: string, other: string): void; rows(): readonly Member[] } {
  const parents = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let next = parents.get(root); next !== undefined && next !== root; next = parents.get(root))
      root = next;
    // The next one who asks has a shorter way.
    for (let at = name; at !== root;) {
      const next = parents.get(at) ?? root;
      parents.set(at, root);
      at = next;
    }
    if (!parents.has(root)) parents.set(root, root);
    return root;
  };
  return {
    link(one, other) {
      const [root, joined] = [rootOf(one), rootOf(other)];
      parents.set(joined, root);
    },
    rows() {
      const numbers = new Map<string, number>();
      return [...parents.keys()].map((member) => {
        const root = rootOf(member);
        const group = numbers.get(root) ?? numbers.size + 1;
        numbers.set(root, group);
        return { member, group };
      });
    },
  };
}
