import { definePipeline, sink, source, sql, step } from '@cairn/core';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { fromJson, toJson } from '@cairn/plugins/json';

// Orders as somebody typed them: rows that are none are put aside, and not lost.
const csv = fromCsv({
  path: 'data/orders.csv',
  columns: { total: 'DECIMAL(9,2)', placed: 'DATE' },
  badRows: 'collect',
});
const orders = source('orders', csv);
const rejected = source('orders_rejected', csv.rejected);

// Nested objects are STRUCT, arrays are LIST.
const customers = source('customers', fromJson({ path: 'data/customers.ndjson' }));

const byCountry = step(
  'by_country',
  sql`
    select c.address.country as country, count(*) as orders, sum(o.total) as total, list(o.id order by o.id) as ids
    from ${orders} o join ${customers} c on c.name = o.customer
    group by all
    order by country`,
);

const save = sink('save', byCountry, toJson({ path: 'out/orders-by-country.json' }));
const repair = sink('repair', rejected, toCsv({ path: 'out/orders-to-repair.csv', quoting: 'all' }));

export default definePipeline({
  name: 'orders',
  processes: { main: [orders, rejected, customers, byCountry, save, repair] },
});
