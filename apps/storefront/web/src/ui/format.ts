/** `PaymentAuthorized` → `payment authorized`, `out-of-stock` → `out of stock`: names in plain English. */
export const wordsOf = (name: string): string =>
  name
    .replaceAll('-', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();

/** `PaymentAuthorized` in parts between which a line may break. */
export const partsOf = (name: string): string[] => name.split(/(?<=[a-z])(?=[A-Z])/);

/** The first letter as a capital. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A short, clear span of milliseconds: `38 ms`, `1.4 s`, `3 min 20 s`, `2 h 5 min`. */
export function span(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1_000) return `${whole} ms`;
  if (whole < 60_000) return `${(whole / 1_000).toFixed(1)} s`;
  const seconds = Math.round(whole / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** The time of day: `14:03:12`; with the date on another day. */
export function moment(iso: string, now = new Date()): string {
  const at = new Date(iso);
  return at.toDateString() === now.toDateString() ? TIME.format(at) : `${DAY.format(at)}, ${TIME.format(at)}`;
}

/** An amount in minor units as text: `£34.00`. */
export const money = (minor: number, currency: string): string =>
  new Intl.NumberFormat('en-GB', { style: 'currency', currency }).format(minor / 100);

const SHORT = 8;

/** The shortest distinctive part of an id: its end, since ids begin with their creation time. */
export const shortId = (id: string): string => id.slice(-SHORT);
