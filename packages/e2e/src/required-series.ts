import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');

interface Target {
  readonly expr?: string;
  readonly rawSql?: string;
}

const targets = (
  JSON.parse(read('infra/grafana/dashboards/quadrille.json')).panels as { targets?: Target[] }[]
).flatMap((panel) => panel.targets ?? []);
const rules = (parse(read('infra/prometheus/alerts.yml')).groups as { rules: { expr: string }[] }[]).flatMap(
  (group) => group.rules,
);
const expressions = [...targets.flatMap(({ expr }) => expr ?? []), ...rules.map(({ expr }) => expr)];

/** The series that the dashboard and the alerts query; Prometheus itself adds `up`. */
export const REQUIRED_SERIES = [
  ...new Set(expressions.flatMap((expr) => expr.match(/\b(?:quadrille|process|nodejs)_\w+/g) ?? [])),
].sort();

/** `series label` for every label in their queries. */
const REQUIRED_LABELS = [
  ...new Set(
    expressions.flatMap((expr) =>
      [...expr.matchAll(/\b((?:quadrille|process|nodejs)_\w+)\{([^}]*)\}/g)].flatMap(([, series, matchers]) =>
        [...matchers!.matchAll(/(\w+)\s*[=!]~?\s*"/g)].map(([, label]) => `${series} ${label}`),
      ),
    ),
  ),
].sort();

/** The dashboard's queries of the storefront's database. */
export const REQUIRED_SQL = targets.flatMap(({ rawSql }) => rawSql ?? []);

/** The content of a `/metrics` endpoint. */
export interface Exposed {
  /** The names of all series, including those without samples. */
  readonly series: Set<string>;
  /** `series label` for each label of a sample. */
  readonly labels: Set<string>;
  /** The series with samples. */
  readonly sampled: Set<string>;
}

/** The queried labels that the samples lack. A series without samples, such as one of failures, has no labels. */
export const labelsMissing = (exposed: readonly Exposed[]): string[] =>
  REQUIRED_LABELS.filter((required) => {
    const [series = ''] = required.split(' ');
    return exposed.some(({ sampled }) => sampled.has(series)) && !exposed.some(({ labels }) => labels.has(required));
  });

/** Reads the metrics of a service. */
export async function exposedAt(url: string): Promise<Exposed> {
  const series = new Set<string>();
  const labels = new Set<string>();
  const sampled = new Set<string>();
  for (const line of (await (await fetch(`${url}/metrics`)).text()).split('\n')) {
    const [, declared, type] = /^# TYPE (\w+) (\w+)$/.exec(line) ?? [];
    if (declared && type === 'histogram') {
      for (const suffix of ['_bucket', '_sum', '_count']) series.add(`${declared}${suffix}`);
    } else if (declared) series.add(declared);
    const [, name, inside] = /^(\w+)\{(.*)\} /.exec(line) ?? [];
    if (name) sampled.add(name);
    for (const [, label] of inside?.matchAll(/(\w+)="/g) ?? []) labels.add(`${name} ${label}`);
  }
  return { series, labels, sampled };
}
