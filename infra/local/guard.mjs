// Stops the processes of a parent that died without stopping them. It runs in a separate session, so neither
// Ctrl-C nor a kill of the parent reaches it; it detects the parent's death by the end of its standard input.
import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The limit for a graceful stop of a process; Kafka takes longest. */
const GRACE_MS = 15_000;
const ENGINE_ANSWERS_WITHIN_MS = 10_000;

/** Pid (also the group id) → the signal for a graceful stop. */
const watched = new Map();
/** Names of containers: the engine does not stop a container when its client is killed. */
const containers = new Set();

const signal = (pid, name) => {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, name);
    return true;
  } catch {
    return false;
  }
};

const orders = {
  watch: (pid, name) => watched.set(Number(pid), name),
  forget: (pid) => watched.delete(Number(pid)),
  'watch-container': (name) => containers.add(name),
  'forget-container': (name) => containers.delete(name),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [order, ...words] = line.split(' ');
  orders[order]?.(...words);
}

for (const [pid, name] of watched) {
  signal(pid, name);
  // A paused process (SIGSTOP) receives the signal only after SIGCONT.
  signal(pid, 'SIGCONT');
}
const deadline = Date.now() + GRACE_MS;
let left = [...watched.keys()];
while (left.length > 0 && Date.now() < deadline) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  left = left.filter((pid) => signal(pid, 0));
}
for (const pid of left) signal(pid, 'SIGKILL');
for (const name of containers) {
  const options = { stdio: 'ignore', timeout: ENGINE_ANSWERS_WITHIN_MS, killSignal: 'SIGKILL' };
  spawnSync('docker', ['rm', '--force', '--volumes', name], options);
}
