// A member of a group in its own process, to be killed: reports processed records to its parent.
import { KafkaTransport } from '../../dist/index.js';

const [brokers, groupId, topic] = process.argv.slice(2);
const transport = new KafkaTransport({
  brokers: [brokers],
  clientId: 'victim',
  groupId,
  topics: [topic],
  limits: { maxBatchRecords: 20, sessionTimeoutMs: 1_000, heartbeatIntervalMs: 200, commitIntervalMs: 50 },
  onRecords: (records) =>
    new Promise((stored) => {
      const received = records.map(({ key, value }) => ({ key, value }));
      setTimeout(() => process.send(received, stored), 20);
    }),
});
transport.listen((error) => {
  if (error) throw error;
});
