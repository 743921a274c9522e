import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { promtool, whyNoPromtool } from './promtool.js';

const infra = fileURLToPath(new URL('..', import.meta.url));
const missing = whyNoPromtool();
if (missing) process.stderr.write(`skipped, because ${missing}: promtool checks of alerts and dashboard\n`);
const withPromtool = missing ? describe.skip : describe;

withPromtool('promtool', () => {
  it('accepts the alerts', () => {
    expect(promtool(join(infra, 'prometheus'), 'check', 'rules', 'alerts.yml')).toMatchObject({ status: 0 });
  });

  it('fires each alert exactly in its test cases', () => {
    expect(promtool(join(infra, 'prometheus'), 'test', 'rules', 'alerts.test.yml')).toMatchObject({ status: 0 });
  });

  it('accepts every expression of the dashboard', () => {
    const { panels } = JSON.parse(readFileSync(join(infra, 'grafana/dashboards/quadrille.json'), 'utf8')) as {
      panels: { title: string; targets?: { expr?: string }[] }[];
    };
    const expressions = panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => expr ?? []));
    const rules = expressions.map((expr, at) => ({
      record: `panel:expression:${at}`,
      expr: expr.replaceAll('$__rate_interval', '1m'),
    }));
    const folder = mkdtempSync(join(tmpdir(), 'quadrille-dashboard-'));
    try {
      // JSON is valid YAML.
      writeFileSync(join(folder, 'dashboard.yml'), JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
      const { status, output } = promtool(folder, 'check', 'rules', 'dashboard.yml');
      expect(output).toContain(`${expressions.length} rules found`);
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('accepts the configuration of Prometheus', () => {
    expect(promtool(join(infra, 'prometheus'), 'check', 'config', '--syntax-only', 'prometheus.yml')).toMatchObject({
      status: 0,
    });
  });
});
