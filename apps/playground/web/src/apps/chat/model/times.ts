const timeFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const fullFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const weekdayFormat = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const dayFormat = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  month: "long",
});
const dayAndYearFormat = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "long",
  year: "numeric",
});
const shortDayFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** "14:05" */
export function timeText(at: number): string {
  return timeFormat.format(at);
}

/** "Tuesday, 3 March 2026 at 14:05" */
export function fullTimeText(at: number): string {
  return fullFormat.format(at);
}

/** "Today", "Yesterday", "Monday", "Mon, 2 March", "2 March 2025" */
export function dayText(at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days > 1 && days < 7) return weekdayFormat.format(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? dayFormat : dayAndYearFormat).format(at);
}

/** For a list: the time today, else the day. */
export function briefText(at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days === 0) return timeText(at);
  return days === 1 ? "Yesterday" : shortDayFormat.format(at);
}

function daysBetween(at: number, now: number): number {
  return Math.round((midnight(now) - midnight(at)) / 86_400_000);
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
