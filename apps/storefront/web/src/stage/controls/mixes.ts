/** The shares of each kind of orders. */
export type Shares = Readonly<Record<string, number>>;

/** A predefined mix. */
export interface Mix {
  readonly name: string;
  readonly of: (kinds: readonly string[], usual: Shares) => Shares;
}

/** Kinds that complete. */
const GOOD = ['on account', 'by card', 'as a guest', 'the provider stumbles'];
/** Kinds that end only after a deadline; too slow for a viewer. */
const SLOW = ['deadline passes'];

const only = (kinds: readonly string[], usual: Shares, wanted: (kind: string) => boolean): Shares =>
  Object.fromEntries(kinds.map((kind) => [kind, wanted(kind) ? (usual[kind] ?? 0) : 0]));

/** From everyday orders to only failing ones. */
export const MIXES: readonly Mix[] = [
  { name: 'Every kind', of: (_, usual) => usual },
  { name: 'All go well', of: (kinds, usual) => only(kinds, usual, (kind) => GOOD.includes(kind)) },
  {
    name: 'Only trouble',
    of: (kinds, usual) => only(kinds, usual, (kind) => !GOOD.includes(kind) && !SLOW.includes(kind)),
  },
];

/** The name of the mix with these shares; undefined for a custom one. */
export const nameOf = (shares: Shares, kinds: readonly string[], usual: Shares): string | undefined =>
  MIXES.find(({ of }) => kinds.every((kind) => (of(kinds, usual)[kind] ?? 0) === (shares[kind] ?? 0)))?.name;
