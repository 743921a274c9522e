import { optionalServices, SERVICES, services } from '@quadrille/contracts';
import { oneTeapot, PEOPLE } from '@quadrille/load';
import type { System } from '../system.js';
import type { Summary } from './summary.js';

/** Prints the addresses of the system and examples. */
export function printSystem({ urls, adminUrls, postgres, kafka, processes, signIn }: System): void {
  const rows = [
    ...SERVICES.map((name) => [name, urls[name], services[name].about] as const),
    ...(signIn ? [['identity-provider', signIn.url, optionalServices['identity-provider'].about] as const] : []),
    ['Kafka', kafka.brokers.join(', '), kafka.how] as const,
    ['PostgreSQL', `127.0.0.1:${postgres.port}`, 'a database and a role for each service'] as const,
  ];
  print(rows);
  const token = signIn ? ' -H "authorization: Bearer $QUADRILLE_TOKEN"' : '';
  console.log(`
Open ${urls.storefront} in a browser and place an order. Or:${signIn ? '\n  export QUADRILLE_TOKEN=$(npx quadrille token --as operator)' : ''}
  curl -s${token} ${urls.order}/orders -H 'content-type: application/json' -d '${JSON.stringify(oneTeapot(PEOPLE))}'
  curl -s${token} ${urls.storefront}/timeline/<orderId>         its events in order
  curl -sN${token} ${urls.storefront}/events                    all events, live
  kill -9 ${processes.payment.pid}     stops payment for a while: orders wait and continue after its restart
  every service: /docs (OpenAPI), /health/ready; for operators ${adminUrls.order}/metrics and the like
Ctrl-C stops everything.`);
}

/** Prints the summary of a run. */
export function printSummary(summary: Summary): void {
  console.log('');
  print([
    ['orders', 'completed', 'cancelled', 'open', 'why'],
    ...summary.byKind.map(({ kind, COMPLETED, CANCELLED, open, reasons }) => [
      kind,
      String(COMPLETED),
      String(CANCELLED),
      String(open),
      Object.entries(reasons)
        .slice(0, 4)
        .map(([reason, times]) => `${reason} ${times}`)
        .join(', '),
    ]),
  ]);
  if (summary.lines) {
    console.log('');
    print([
      ['lines', String(summary.lines.total)],
      ...Object.entries(summary.lines.byFate).map(([fate, lines]) => [`  ${fate}`, String(lines)]),
      ['  price differs from the catalogue', String(summary.lines.pricedOtherwise)],
    ]);
  }
  const { p50, p95, p99, max } = summary.latencyMs;
  console.log(`
${summary.orders.placed} orders, ${summary.sagasPerSecond} sagas/s; from due to ended: p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms, max ${max} ms
`);
  for (const { promise, holds, checked, violations } of summary.promises) {
    const numbers = Object.entries(checked)
      .map(([what, number]) => `${what} ${number}`)
      .join(', ');
    console.log(`${holds ? '✓' : '✗'} ${promise} (${numbers})`);
    for (const violation of violations) console.log(`    ${violation}`);
  }
  if (summary.orders.overdue > 0) {
    console.log(
      `- ${summary.orders.overdue} orders were cancelled by their deadline: the machine was too busy to process them in time`,
    );
  }
  for (const each of summary.orders.unexpected.slice(0, 20)) console.log(`✗ ${each}`);
}

/** Prints a table with aligned columns. */
function print(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
}
