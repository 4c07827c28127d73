const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** A moment in the time of the page: `21:45:09` today, `26 Nov 2026, 21:45:09` on other days. */
export function formatTime(at: number, now: number = Date.now()): string {
  const [date, time] = [day.format(at), clock.format(at)];
  return date === day.format(now) ? time : `${date}, ${time}`;
}
