/** ISO 8601 of a time in milliseconds since 1970; of one that no calendar has (PostgreSQL knows infinity), the number. */
export function momentInWords(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}
