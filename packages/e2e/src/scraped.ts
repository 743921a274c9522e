import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '@quadrille/local';
import { GenericContainer, Wait } from 'testcontainers';
import { stringify } from 'yaml';

/** The image in the compose file. */
const IMAGE = 'prom/prometheus:v2.53.3';
const ALERTS = fileURLToPath(new URL('../../../infra/prometheus/alerts.yml', import.meta.url));
const STARTED_WITHIN_MS = 60_000;

/** A Prometheus that scrapes a running system every second. */
export interface Scraped {
  /** The values of an instant query by a label. */
  query(query: string, label: string): Promise<Record<string, number>>;
  /** The alert rules with their state in Prometheus. */
  rules(): Promise<{ name: string; health: string; state: string }[]>;
  stop(): Promise<void>;
}

/** The reason why it is not available, as half a sentence: services listen on loopback, which only containers on Linux can share. */
export const whyNotScraped = (whyNoContainers: string | undefined): string | undefined =>
  whyNoContainers ?? (process.platform === 'linux' ? undefined : 'containers reach the loopback of Linux only');

/** Starts Prometheus in a container of the official image, with the alert rules of the compose file. */
export async function scrape(urls: readonly string[]): Promise<Scraped> {
  const port = await freePort();
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['/etc/prometheus/alerts.yml'],
    scrape_configs: [{ job_name: 'services', static_configs: [{ targets: urls.map((url) => new URL(url).host) }] }],
  };
  const container = await new GenericContainer(IMAGE)
    .withNetworkMode('host')
    .withCopyContentToContainer([
      { content: stringify(config), target: '/etc/prometheus/prometheus.yml' },
      { content: readFileSync(ALERTS, 'utf8'), target: '/etc/prometheus/alerts.yml' },
    ])
    .withCommand([
      '--config.file=/etc/prometheus/prometheus.yml',
      '--storage.tsdb.path=/prometheus',
      `--web.listen-address=127.0.0.1:${port}`,
    ])
    .withWaitStrategy(Wait.forLogMessage('Server is ready to receive web requests'))
    .withStartupTimeout(STARTED_WITHIN_MS)
    .start();
  const get = async (path: string) =>
    ((await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as { data: any }).data;
  return {
    async query(query, label) {
      const { result } = await get(`/api/v1/query?query=${encodeURIComponent(query)}`);
      return Object.fromEntries(result.map(({ metric, value }: any) => [metric[label], Number(value[1])]));
    },
    rules: async () => (await get('/api/v1/rules')).groups.flatMap(({ rules }: any) => rules),
    stop: async () => void (await container.stop()),
  };
}
