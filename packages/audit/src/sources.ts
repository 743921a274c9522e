import type { Connection } from '@quadrille/kafka';

/** Where the auditor looks: databases by service, the brokers, the payment provider. It asks no service anything. */
export interface Sources {
  readonly databases: Readonly<Record<string, string>>;
  readonly brokers: readonly string[];
  /** Of a cluster that is not open to everybody. */
  readonly security?: Connection['security'];
  readonly providerUrl: string;
  /** The services that run, where not all do. Those of the saga itself always. */
  readonly services?: readonly string[];
}

/** How the auditor reaches the brokers. */
export const connectionOf = ({ brokers, security }: Pick<Sources, 'brokers' | 'security'>): Connection => ({
  brokers,
  clientId: 'quadrille.auditor',
  ...(security && { security }),
});
