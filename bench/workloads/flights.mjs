// The pipeline of `npm run demo`: three million flights from Parquet and CSV to the worst hour of each airport.

export function flights() {
  return {
    name: 'flights',
    sources: [
      { name: 'flights', format: 'parquet', file: 'flights-3m.parquet' },
      { name: 'airports', format: 'csv', file: 'airports.csv' },
    ],
    steps: [
      { name: 'delayed', text: 'select date, delay, distance, origin from $flights where delay >= 15' },
      {
        name: 'located',
        text: 'select d.*, a.name airport, a.state from $delayed d join $airports a on a.iata = d.origin',
      },
      {
        name: 'by_hour',
        text: `select origin, airport, state, hour(date) as hour, count(*) as flights, avg(delay) as mean_delay
          from $located group by all having count(*) >= 200`,
      },
      {
        name: 'ranked',
        text: `select *, row_number() over (partition by origin order by mean_delay desc, hour) as rank
          from $by_hour qualify rank = 1 order by mean_delay desc, origin`,
      },
    ],
  };
}
