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

/** The series that the dashboard and the alerts ask for; `up` is told by Prometheus itself. */
export const SERIES_ASKED_FOR = [
  ...new Set(expressions.flatMap((expr) => expr.match(/\b(?:quadrille|process|nodejs)_\w+/g) ?? [])),
].sort();

/** `series label` for every label by which one of them is chosen. */
export const LABELS_ASKED_FOR = [
  ...new Set(
    expressions.flatMap((expr) =>
      [...expr.matchAll(/\b((?:quadrille|process|nodejs)_\w+)\{([^}]*)\}/g)].flatMap(([, series, matchers]) =>
        [...matchers!.matchAll(/(\w+)\s*[=!]~?\s*"/g)].map(([, label]) => `${series} ${label}`),
      ),
    ),
  ),
].sort();

/** What the dashboard asks of the storefront's database. */
export const SQL_ASKED_FOR = targets.flatMap(({ rawSql }) => rawSql ?? []);

/** What a service tells at `/metrics`: the names of its series, and `series label` for each label that one of them has. */
export async function toldAt(url: string): Promise<{ readonly series: Set<string>; readonly labels: Set<string> }> {
  const series = new Set<string>();
  const labels = new Set<string>();
  for (const line of (await (await fetch(`${url}/metrics`)).text()).split('\n')) {
    const [, declared, type] = /^# TYPE (\w+) (\w+)$/.exec(line) ?? [];
    if (declared && type === 'histogram') {
      for (const suffix of ['_bucket', '_sum', '_count']) series.add(`${declared}${suffix}`);
    } else if (declared) series.add(declared);
    const [, name, inside] = /^(\w+)\{(.*)\} /.exec(line) ?? [];
    for (const [, label] of inside?.matchAll(/(\w+)="/g) ?? []) labels.add(`${name} ${label}`);
  }
  return { series, labels };
}
