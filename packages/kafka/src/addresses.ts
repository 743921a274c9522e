/** The address of a broker. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The expected format of broker addresses, for error messages. */
export const BROKERS_EXPECTED =
  'host:port of at least one broker, with commas between, as in localhost:9092,[::1]:9092';

const USUAL_PORT = 9_092;
const MOST_PORT = 65_535;
/** A name or an IPv4 address, or an IPv6 address in brackets; the port is optional. */
const ADDRESS = /^(?:([A-Za-z0-9._-]+)|\[([0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?)\])(?::(\d{1,5}))?$/;

/** Parses `host:port` or `[IPv6]:port`; undefined for any other text. */
export function addressOf(text: string): Address | undefined {
  const [, name, ipv6, digits] = ADDRESS.exec(text.trim()) ?? [];
  const host = name ?? ipv6;
  const port = digits === undefined ? USUAL_PORT : Number(digits);
  return host === undefined || port < 1 || port > MOST_PORT ? undefined : { host, port };
}

/**
 * Parses a comma-separated list of brokers into `host:port` texts; blanks and a trailing comma are allowed. Empty for a list
 * without entries; undefined if an entry is no address.
 */
export function brokersIn(text: string): string[] | undefined {
  const addresses = text
    .split(',')
    .filter((each) => each.trim() !== '')
    .map(addressOf);
  return addresses.every((each) => each !== undefined)
    ? addresses.map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`))
    : undefined;
}
