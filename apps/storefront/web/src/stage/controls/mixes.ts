/** The shares of each kind of orders. */
export type Shares = Readonly<Record<string, number>>;

/** A mix one may choose. */
export interface Mix {
  readonly name: string;
  readonly of: (kinds: readonly string[], usual: Shares) => Shares;
}

/** What goes well, of whatever kinds there are. */
const GOOD = ['on account', 'by card', 'as a guest', 'the provider stumbles'];
/** What comes to its end only after a deadline; too slow for somebody who watches. */
const SLOW = ['deadline passes'];

const only = (kinds: readonly string[], usual: Shares, wanted: (kind: string) => boolean): Shares =>
  Object.fromEntries(kinds.map((kind) => [kind, wanted(kind) ? (usual[kind] ?? 0) : 0]));

/** From what a shop sees every day to nothing but trouble. */
export const MIXES: readonly Mix[] = [
  { name: 'Every kind', of: (_, usual) => usual },
  { name: 'All go well', of: (kinds, usual) => only(kinds, usual, (kind) => GOOD.includes(kind)) },
  {
    name: 'Only trouble',
    of: (kinds, usual) => only(kinds, usual, (kind) => !GOOD.includes(kind) && !SLOW.includes(kind)),
  },
];

/** The name of the mix that has these shares; undefined for one of somebody's own. */
export const nameOf = (shares: Shares, kinds: readonly string[], usual: Shares): string | undefined =>
  MIXES.find(({ of }) => kinds.every((kind) => (of(kinds, usual)[kind] ?? 0) === (shares[kind] ?? 0)))?.name;
