import { isIPv4 } from 'node:net';

/**
 * Returns one sentence with the reason why a URL must not be used for tokens and keys; undefined if it may. Over plain HTTP both
 * can be read and replaced in transit. Exempt are this machine, and the comma-separated hosts in `exempt` (the text of
 * `PLAIN_HTTP_HOSTS`), such as a container of the same compose network.
 */
export function plainHttpProblem(variable: string, url: string, exempt: string | undefined): string | undefined {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'http:' || isThisMachine(hostname) || hostsIn(exempt).includes(hostname)) return undefined;
  return `${variable} leads over plain HTTP to ${hostname}, where keys and tokens can be read and replaced on the way. Use https, or name ${hostname} in PLAIN_HTTP_HOSTS.`;
}

const hostsIn = (text = ''): string[] => text.split(',').map((name) => name.trim().toLowerCase());

/** RFC 6761, 6.3: every name under `localhost` is this machine. */
const isThisMachine = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  (isIPv4(hostname) && hostname.startsWith('127.'));
