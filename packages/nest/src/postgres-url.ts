/** The format of a database variable, as half a sentence. */
export const POSTGRES_URL_EXPECTED = 'a PostgreSQL URL such as postgres://user:password@host:5432/database';

/** Whether a text is the URL of a PostgreSQL database. */
export function isPostgresUrl(text: string): boolean {
  try {
    const { protocol, hostname, pathname } = new URL(text);
    return /^postgres(ql)?:$/.test(protocol) && hostname !== '' && pathname.length > 1;
  } catch {
    return false;
  }
}
