import type { Connection } from '@quadrille/kafka';

/** The auditor's sources: databases by service, the brokers, the payment provider. It calls no service. */
export interface Sources {
  readonly databases: Readonly<Record<string, string>>;
  readonly brokers: readonly string[];
  /** For a cluster with authentication or TLS. */
  readonly security?: Connection['security'];
  readonly providerUrl: string;
  /** The running services, if not all run; must include those of the saga. */
  readonly services?: readonly string[];
}

/** Connection of the auditor to the brokers. */
export const connectionOf = ({ brokers, security }: Pick<Sources, 'brokers' | 'security'>): Connection => ({
  brokers,
  clientId: 'quadrille.auditor',
  ...(security && { security }),
});
