/** The files of a new project, by their paths. `schemaPath` says where editors find a schema. */
export function projectFiles(
  schemaPath: (name: string) => string | undefined,
): Readonly<Record<string, string>> {
  const schema = (name: string): string => {
    const path = schemaPath(name);
    return path === undefined ? '' : `# yaml-language-server: $schema=${path}\n`;
  };
  return {
    'cairn.config.yaml': `${schema('config.schema.json')}storage:
  type: fs
  root: .cairn

pipeline: pipeline.yaml
`,
    'pipeline.yaml': `${schema('pipeline.schema.json')}name: shop

params:
  least:
    type: number
    default: 20
    description: Orders of a smaller amount are left out

processes:
  ingest:
    - source: orders
      from: { type: csv, path: data/orders.csv }
      checks:
        - { type: unique, columns: id }
    - source: customers
      from: { type: csv, path: data/customers.csv }

  report:
    - step: large_orders
      description: Orders that count, with the country of their customer
      sql: |
        select o.id, o.day, o.amount, c.country
        from orders o
        join customers c on c.id = o.customer
        where o.amount >= $least
      checks:
        - { type: notNull, column: country }

    - step: by_country
      sqlFile: sql/by-country.sql

    - sink: save
      input: by_country
      to: { type: csv, path: out/by-country.csv }
`,
    'sql/by-country.sql': `-- Steps are named like tables.
select country, count(*) as orders, sum(amount) as amount
from large_orders
group by country
order by amount desc
`,
    'data/orders.csv': `id,customer,day,amount
1,1,2026-01-05,120.00
2,2,2026-01-06,35.50
3,1,2026-01-08,12.00
4,3,2026-01-08,250.00
5,4,2026-01-09,18.90
6,2,2026-01-12,64.00
7,5,2026-01-12,99.00
8,3,2026-01-13,20.00
9,5,2026-01-15,8.50
10,4,2026-01-16,310.00
`,
    'data/customers.csv': `id,name,country
1,Ada,UK
2,Grace,US
3,Emmy,DE
4,Sofia,SE
5,Mary,UK
`,
    '.gitignore': `.cairn/
out/
`,
  };
}
