// Recreates answers.json, with an empty broker (npm run servers -- golden):\n node packages/kafka/src/spec/golden/record.mjs
// <host:port> <folder of Kafka's jars> <python with confluent-kafka>
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import kafkajs from 'kafkajs';
import protocol from 'kafkajs/src/protocol/requests/index.js';

const [broker, libs, python] = process.argv.slice(2);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const TOPICS = ['java', 'librdkafka'].flatMap((by) =>
  ['none', 'gzip', 'snappy', 'lz4', 'zstd'].map((codec) => `${by}-${codec}`),
);
TOPICS.push('java-transactions');

const client = new kafkajs.Kafka({ brokers: [broker], logLevel: kafkajs.logLevel.ERROR });
const admin = client.admin();
try {
  await admin.createTopics({ topics: TOPICS.map((topic) => ({ topic, numPartitions: 1 })) });
  run('java', ['-cp', `${libs}/*`, here('Produce.java'), broker]);
  run(python, [here('produce.py'), broker]);
  const answers = {};
  for (const topic of TOPICS) answers[topic] = (await answerOf(topic)).toString('base64');
  writeFileSync(here('answers.json'), `${JSON.stringify(answers, undefined, 2)}\n`);
} finally {
  await admin.disconnect();
}

/** The first response to a fetch that contains records, unchanged. */
async function answerOf(topic) {
  const { Fetch } = protocol.requests;
  const consumer = client.consumer({ groupId: `golden-${topic}` });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    return await new Promise((resolve) => {
      protocol.requests.Fetch = {
        ...Fetch,
        protocol: (of) => (options) => {
          const theirRequest = Fetch.protocol(of)(options);
          const decode = async (bytes) => {
            if (bytes.length > 200) resolve(Buffer.from(bytes));
            return { throttleTime: 0, clientSideThrottleTime: 0, errorCode: 0, sessionId: 0, responses: [] };
          };
          return { ...theirRequest, response: { ...theirRequest.response, decode } };
        },
      };
      consumer.run({ eachMessage: async () => {} });
    });
  } finally {
    protocol.requests.Fetch = Fetch;
    await consumer.disconnect();
  }
}

function run(command, args) {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${stderr ?? error}`);
}
