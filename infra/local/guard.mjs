// Ends the processes of a parent that died without ending them itself. It has a session of its own, so neither
// Ctrl-C nor a kill of the parent reaches it; it learns of the parent's death because its standard input ends.
import { createInterface } from 'node:readline';

/** How long a process may take to end in an orderly way; Kafka's takes longest. */
const GRACE_MS = 15_000;

/** Process (and group) number → the signal that ends it in an orderly way. */
const watched = new Map();

const signal = (pid, name) => {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, name);
    return true;
  } catch {
    return false;
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  const [word, pid, name] = line.split(' ');
  if (word === 'watch') watched.set(Number(pid), name);
  else watched.delete(Number(pid));
}

for (const [pid, name] of watched) signal(pid, name);
const deadline = Date.now() + GRACE_MS;
let left = [...watched.keys()];
while (left.length > 0 && Date.now() < deadline) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  left = left.filter((pid) => signal(pid, 0));
}
for (const pid of left) signal(pid, 'SIGKILL');
