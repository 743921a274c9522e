// Preloaded into a service: answers each message of its parent with the functions that ran since the last one, by file.
import { Session } from 'node:inspector/promises';

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

process.on('message', async () => {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const ran = {};
  for (const { url, functions } of result) {
    const names = functions
      .filter(({ ranges }) => ranges[0].count > 0)
      .map(({ functionName, ranges }) => `${functionName}@${ranges[0].startOffset}`);
    if (names.length > 0) ran[url] = names;
  }
  process.send(ran);
});
