/** Where the auditor looks: databases by service, the brokers, the payment provider. It asks no service anything. */
export interface Sources {
  readonly databases: Readonly<Record<string, string>>;
  readonly brokers: readonly string[];
  readonly providerUrl: string;
  /** The services that run, where not all do. Those of the saga itself always. */
  readonly services?: readonly string[];
}
