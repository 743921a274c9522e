// Measures the cost of a consumer without or with little load, by its number of partitions:\n node infra/local/node.mjs
// packages/kafka/bench/small-load.mjs [dist folders of other builds, for comparison]\nOne local broker, one member in its own
// process, six topics, 300-byte records. The builds take turns.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Overrides of the consumer's limits: LIMITS='{"maxWaitMs":500}'. */
const LIMITS = JSON.parse(process.env.LIMITS ?? '{}');
const HERE = fileURLToPath(import.meta.url);
const OURS = resolve(HERE, '../../dist');
const TOPICS = 6;
const PARTITIONS = [18, 60, 144];
const PERIOD_MS = 10_000;
const EVERY_MS = 100;

if (process.send) await member();
else await compare([...process.argv.slice(2).map((build) => resolve(build)), OURS]);

async function member() {
  const [, , dist, broker, ...topics] = process.argv;
  const { KafkaTransport } = await import(pathToFileURL(join(dist, 'index.js')).href);
  const took = [];
  const onRecords = async (records) => {
    for (const { value } of records) took.push(Date.now() - Number(String(value).slice(0, 13)));
  };
  const options = {
    brokers: [broker],
    clientId: 'bench',
    groupId: `of-${process.pid}`,
    topics,
    onRecords,
    limits: LIMITS,
  };
  const transport = new KafkaTransport(options);
  await new Promise((joined, failed) => transport.listen((error) => (error ? failed(error) : joined())));
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send({ cpuUs: user + system, took: took.splice(0), assigned: transport.health().assigned });
  });
  process.send({});
}

async function compare(builds) {
  const { startKafka } = await import('@quadrille/local');
  const { createTopics, EventProducer } = await import(pathToFileURL(join(OURS, 'index.js')).href);
  const home = mkdtempSync(join(tmpdir(), 'quadrille-bench-'));
  const kafka = await startKafka({ dataDir: join(home, 'kafka'), via: 'jvm' });
  const connection = { brokers: kafka.brokers, clientId: 'bench' };
  const producer = new EventProducer(connection);
  try {
    for (const partitions of PARTITIONS) {
      const topics = Array.from({ length: TOPICS }, (_, at) => `bench-${partitions}-${at}`);
      await createTopics({ ...connection, topics, partitions: partitions / TOPICS, replicationFactor: 1 });
      for (const dist of builds) {
        console.log(JSON.stringify({ build: dist, partitions, ...(await measure(dist, topics, partitions)) }));
      }
    }
  } finally {
    await producer.disconnect();
    await kafka.stop();
    rmSync(home, { recursive: true });
  }

  async function measure(dist, topics, partitions) {
    const child = fork(HERE, [dist, kafka.brokers[0], ...topics], { execArgv: [] });
    const answer = () => new Promise((received) => child.once('message', received));
    const ask = () => {
      const answered = answer();
      child.send('how much?');
      return answered;
    };
    await answer();
    while ((await ask()).assigned < partitions) await pause(100);
    await send(topics, 30);
    const before = await ask();
    await pause(PERIOD_MS);
    const idle = await ask();
    await send(topics, PERIOD_MS / EVERY_MS);
    const busy = await ask();
    child.kill('SIGKILL');
    const took = busy.took.sort((a, b) => a - b);
    return {
      idleCpuMsASecond: round((idle.cpuUs - before.cpuUs) / PERIOD_MS),
      records: took.length,
      cpuMsARecord: round((busy.cpuUs - idle.cpuUs) / 1_000 / took.length),
      p50Ms: took[Math.floor(took.length / 2)],
      p99Ms: took[Math.floor(took.length * 0.99)],
    };
  }

  async function send(topics, records) {
    for (let at = 0; at < records; at++) {
      const next = pause(EVERY_MS);
      const payload = String(Date.now()).padEnd(300, '.');
      await producer.send([{ topic: topics[at % TOPICS], key: `key-${at}`, headers: {}, payload }]);
      await next;
    }
  }
}

function round(value) {
  return Math.round(value * 100) / 100;
}
