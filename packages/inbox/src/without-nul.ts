/** A text as PostgreSQL can keep it: it knows no NUL character, which a foreign key or a cause may hold. */
export const withoutNul = (text: string): string => text.replaceAll('\0', '\uFFFD');
