// Tables of other shapes, three steps each: many columns, long strings, nested types; and tables that are many and tiny.

function shape(name, texts) {
  const steps = texts.map((text, index) => ({ name: `step_${index}`, text }));
  return { name, sources: [], steps };
}

export function wide(rows) {
  const columns = 500;
  const list = (of) => Array.from({ length: columns }, (_, at) => of(at)).join(', ');
  return shape('wide', [
    `select i as id, ${list((at) => `(i * ${at + 7919} % 100003) / 7.0 as c${at}`)} from range(${rows}) r(i)`,
    `select id, ${list((at) => `c${at} + c${(at + 1) % columns} as c${at}`)} from $step_0`,
    `select * from $step_1 where id % 100 <> 7 order by c0, id`,
  ]);
}

export function strings(rows) {
  return shape('strings', [
    `select i as id, repeat(md5(i::varchar), 30 + (i % 5)::int) as s from range(${rows}) r(i)`,
    'select id, upper(s) || id as s from $step_0',
    'select * from $step_1 where id % 100 <> 7 order by s',
  ]);
}

export function nested(rows) {
  return shape('nested', [
    `select i as id, range(i % 7) as l, {'a': i, 'b': {'c': 'name ' || (i % 5000), 'd': [i / 3.0]}} as st,
       map {'k' || (i % 5): i, 'z': i % 3} as m
     from range(${rows}) r(i)`,
    `select id, list_transform(l, x -> x * 2) as l, {'a': st.a + 1, 'b': st.b} as st, m from $step_0`,
    'select * from $step_1 where id % 100 <> 7 order by st.a desc',
  ]);
}

export function tiny(count) {
  return shape('tiny', [
    'select 0 as n',
    ...Array.from({ length: count - 1 }, (_, before) => `select n + 1 as n from $step_${before}`),
  ]);
}
