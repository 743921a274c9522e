import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { declareMetrics } from '@quadrille/telemetry';
import type { Registry } from 'prom-client';
import { parse } from 'yaml';
import { AuditMetrics } from '../../packages/shop-operations/src/audit/audit-metrics.js';
import { processMetrics } from '../../packages/telemetry/src/serve-metrics.js';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}
interface RuleTest {
  readonly name: string;
  readonly promql_expr_test: readonly { readonly exp_samples: readonly unknown[] }[];
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly {
    readonly expr?: string;
    readonly rawSql?: string;
    readonly datasource: { uid: string };
  }[];
}

const rules: Rule[] = parse(read('infra/prometheus/alerts.yml')).groups.flatMap(
  (group: { rules: Rule[] }) => group.rules,
);
const tests: RuleTest[] = parse(read('infra/prometheus/alerts.test.yml')).tests;
const dashboard = JSON.parse(read('infra/grafana/dashboards/quadrille.json')) as { panels: Panel[] };
const howTo = read('docs/how-to/watch-it.md');

/** All series names of the metrics, three per histogram. `up` is Prometheus' own. */
function seriesOf(registry: Registry): string[] {
  return registry
    .getMetricsAsArray()
    .flatMap(({ name, type }: { name: string; type?: unknown }) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => `${name}${suffix}`) : [name],
    );
}
const known = new Set([
  'up',
  ...[declareMetrics('any').registry, processMetrics('any'), new AuditMetrics().registry].flatMap(seriesOf),
]);
const namedIn = (text: string): string[] => text.match(/\b(?:quadrille|process|nodejs)_\w+/g) ?? [];
const unknownIn = (text: string): string[] => namedIn(text).filter((name) => !known.has(name));

describe('the alerts', () => {
  it('query only exported metrics', () => {
    expect(rules.flatMap(({ expr }) => unknownIn(expr))).toEqual([]);
    expect(unknownIn(read('infra/prometheus/alerts.test.yml'))).toEqual([]);
    expect(rules.every(({ expr }) => namedIn(expr).length > 0 || /\bup\b/.test(expr))).toBe(true);
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))('%s has a summary, an action and a link', (_, rule) => {
    expect(rule.annotations.summary).toMatch(/\.$/);
    expect(rule.annotations.action!.length).toBeGreaterThan(40);
    expect(unknownIn(rule.annotations.action!.replace(/quadrille_\w+_duration_seconds\b/g, ''))).toEqual([]);
    expect(rule.labels.severity).toMatch(/^(warning|critical)$/);
    expect(rule.annotations.runbook).toBe(`docs/how-to/watch-it.md#${rule.alert.toLowerCase()}`);
    expect(howTo).toContain(`### ${rule.alert}\n`);
  });

  it.each(rules.map(({ alert }) => alert))('%s has a test in which it fires and one in which it does not', (alert) => {
    const expected = tests
      .filter(({ name }) => name.startsWith(`${alert} `))
      .flatMap((test) => test.promql_expr_test.map(({ exp_samples }) => exp_samples.length > 0));
    expect([...new Set(expected)].sort()).toEqual([false, true]);
  });
});

describe('the dashboard', () => {
  const { panels } = dashboard;

  it('queries only exported metrics and provisioned data sources', () => {
    const targets = panels.flatMap((panel) => panel.targets ?? []);
    expect(targets.flatMap(({ expr = '' }) => unknownIn(expr))).toEqual([]);
    const sources: { uid: string }[] = parse(
      read('infra/grafana/provisioning/datasources/datasources.yml'),
    ).datasources;
    expect([...new Set(targets.map(({ datasource }) => datasource.uid))].sort()).toEqual(
      sources.map(({ uid }) => uid).sort(),
    );
  });

  it('has panels with unique titles and ids that do not overlap', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(panels.filter(({ title }) => title === '')).toEqual([]);
    const taken = new Map<string, string>();
    for (const { title, gridPos } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(`${title} over ${taken.get(`${x} ${y}`)}`).toBe(`${title} over undefined`);
          taken.set(`${x} ${y}`, title);
        }
      }
    }
  });

  it('shows throughput, latency, failures, resources, health and the sagas in flight', () => {
    const rows = panels.filter(({ type }) => type === 'row').map(({ title }) => title);
    expect(rows).toEqual(expect.arrayContaining(['Throughput', 'Latency', 'Failures', 'Resources', 'Sagas under way']));
    expect(panels.map(({ type, title }) => `${type}: ${title}`)).toEqual(
      expect.arrayContaining(['heatmap: Duration of sagas', 'table: Health map', 'table: Sagas under way']),
    );
  });
});
