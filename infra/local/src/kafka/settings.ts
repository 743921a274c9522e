/** Settings of a single broker on a developer's machine. */
const ALONE = {
  'node.id': '1',
  'process.roles': 'broker,controller',
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'inter.broker.listener.name': 'PLAINTEXT',
  'default.replication.factor': '1',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '4',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'share.coordinator.state.topic.num.partitions': '4',
};

/** One of several brokers, each a controller as well. `controllers`: the controllers' ports, by node. */
export type ClusterNode = { readonly id: number; readonly clusterId: string; readonly controllers: readonly number[] };

/** Settings of one broker of a cluster: three replicas, of which two must have a record before it is acknowledged. */
export const clusterSettings = ({ id, controllers }: ClusterNode): Record<string, string> => ({
  'node.id': String(id),
  'controller.quorum.voters': controllers.map((port, at) => `${at + 1}@127.0.0.1:${port}`).join(),
  'default.replication.factor': '3',
  'min.insync.replicas': '2',
  'offsets.topic.replication.factor': '3',
  'transaction.state.log.replication.factor': '3',
  'transaction.state.log.min.isr': '2',
  'share.coordinator.state.topic.replication.factor': '3',
  'share.coordinator.state.topic.min.isr': '2',
});

/** Settings that differ from Kafka's defaults and would also be valid in production. */
const OURS = {
  // Topics follow from the contracts; a misspelt name must fail.
  'auto.create.topics.enable': 'false',
  // A first consumer does not wait for others; clients may request a session timeout of one second.
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  // A killed broker can register again only after its session has expired, by default after 9 s.
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
  // The default allocates 128 MB of the heap.
  'log.cleaner.dedupe.buffer.size': String(16 * 1024 * 1024),
};

/** The number of partitions of the offsets topic; each has a coordinator that must be loaded. */
export const OFFSETS_PARTITIONS = Number(ALONE['offsets.topic.num.partitions']);

/** A second listener: clients that connect to `port` are directed to `advertisedPort`, where a proxy may listen. */
export type ClientListener = { readonly port: number; readonly advertisedPort: number };

/** All settings of the broker. bind: the listen address; controllerPort: for internal use. */
export function brokerSettings(
  port: number,
  controllerPort: number,
  bind: string,
  logDir: string,
  extraListener?: ClientListener,
): Record<string, string> {
  const listeners = [`PLAINTEXT://${bind}:${port}`, `CONTROLLER://127.0.0.1:${controllerPort}`];
  const advertised = [`PLAINTEXT://127.0.0.1:${port}`];
  const protocols = [ALONE['listener.security.protocol.map']];
  if (extraListener) {
    listeners.push(`SIDE://${bind}:${extraListener.port}`);
    advertised.push(`SIDE://127.0.0.1:${extraListener.advertisedPort}`);
    protocols.push('SIDE:PLAINTEXT');
  }
  return {
    ...ALONE,
    ...OURS,
    listeners: listeners.join(),
    'advertised.listeners': advertised.join(),
    'listener.security.protocol.map': protocols.join(),
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'log.dirs': logDir,
  };
}
