// Judges all orders in a process of its own with limited memory, and prints the result. Arguments: the databases as JSON.
import { Orders } from '../../dist/running/orders.js';
import { Snapshot } from '../../dist/running/snapshot.js';

const databases = JSON.parse(process.argv[2]);
const orders = new Orders(Number.POSITIVE_INFINITY);
const circumstances = { unconsumed: new Set(), removedUntil: Number.POSITIVE_INFINITY, charges: async () => [] };
const snapshot = await Snapshot.open({ databases, brokers: [], providerUrl: '' });
for (const look of [1, 2]) {
  const { verdicts } = await orders.judge(snapshot, circumstances);
  process.send({ look, verdicts });
}
await snapshot.end();
