/** The scope of operators; `OPERATOR_SCOPE` of the services. */
export const OPERATOR_SCOPE = 'quadrille:operate';

/** A person who can sign in. The demonstration opens accounts for the ids of the customers. */
export interface Person {
  /** The name in commands and URLs. */
  readonly key: string;
  /** The `sub` of the tokens. */
  readonly sub: string;
  readonly name: string;
  readonly about: string;
  readonly isOperator: boolean;
}

const customer = (key: string, sub: string, name: string, about: string): Person => ({
  ...{ key, sub, name, about },
  isOperator: false,
});

export const PEOPLE: readonly Person[] = [
  customer('ada', '0000ada0-0000-4000-8000-000000000000', 'Ada Lovelace', 'A customer with money on account'),
  customer('grace', '0000ada0-0000-4000-8000-000000000001', 'Grace Hopper', 'Another customer with money on account'),
  customer('bob', '0000b0b0-0000-4000-8000-000000000000', 'Bob Cratchit', 'A customer with one penny'),
  {
    key: 'operator',
    sub: 'olga',
    name: 'Olga Operator',
    about: 'Runs the shop: the stage, dead letters, all orders',
    isOperator: true,
  },
];

export const personNamed = (key: unknown): Person | undefined => PEOPLE.find((person) => person.key === key);

/** Returns the requested scopes that the person has. */
export const scopesFor = (person: Person, requested: readonly string[]): string[] =>
  requested.filter(
    (scope) => scope === 'openid' || scope === 'profile' || (scope === OPERATOR_SCOPE && person.isOperator),
  );
