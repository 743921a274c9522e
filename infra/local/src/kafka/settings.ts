/** Settings of a broker that is alone, on the machine of one person. */
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

/** Settings that differ from Kafka's defaults although production could have them as well. */
const OURS = {
  // Topics come from the contracts; a misspelt name must fail.
  'auto.create.topics.enable': 'false',
  // A first consumer need not wait for others; a crashed one may be missed after a second when its client asks for that.
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  // A broker that was killed may register again only when its old session has ended, by default after 9 s.
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
  // The default takes 128 MB of the heap at once.
  'log.cleaner.dedupe.buffer.size': String(16 * 1024 * 1024),
};

/** Number of partitions of the topic that keeps the groups; every one has a coordinator that must be loaded. */
export const OFFSETS_PARTITIONS = Number(ALONE['offsets.topic.num.partitions']);

/** A second way in: who comes through `port` is told to find the broker at `advertisedPort`, where a proxy may stand. */
export type ClientListener = { readonly port: number; readonly advertisedPort: number };

/** All settings of the broker. bind: the address on which it listens; controllerPort: for its own use. */
export function brokerSettings(
  port: number,
  controllerPort: number,
  bind: string,
  logDir: string,
  sideDoor?: ClientListener,
): Record<string, string> {
  const listeners = [`PLAINTEXT://${bind}:${port}`, `CONTROLLER://127.0.0.1:${controllerPort}`];
  const advertised = [`PLAINTEXT://127.0.0.1:${port}`];
  const protocols = [ALONE['listener.security.protocol.map']];
  if (sideDoor) {
    listeners.push(`SIDE://${bind}:${sideDoor.port}`);
    advertised.push(`SIDE://127.0.0.1:${sideDoor.advertisedPort}`);
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
