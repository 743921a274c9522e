import type { QuadrilleConfig } from '@quadrille/choreography';
import { Command } from 'commander';
import { checksInWords } from '../platform/in-words.js';
import { exitCodeOf, judge } from '../platform/judge.js';
import { clusterOf, lookAtChoreography } from '../platform/look-at-choreography.js';
import { runningSystemOf } from '../running/running-system.js';
import { findingsOf, type SagaFinding } from '../saga/findings.js';
import { readSaga, sagaIdOf } from '../saga/read-saga.js';
import { acting, printJson, Refusal } from '../terminal/acting.js';
import { paint } from '../terminal/paint.js';

/**
 * `quadrille doctor`: the reasons for which a saga does not continue; without a saga, the state of topics, groups and databases.
 */
export const doctorCommandOf = (read: () => Promise<QuadrilleConfig>): Command =>
  new Command('doctor')
    .description(
      'show the step that a saga waits for, the reason and the remedy; without a saga, the state of topics, groups and databases; exit code 1 if something is broken',
    )
    .argument('[saga]', 'its correlation id, or the key of its events')
    .option('--json', 'print the findings as JSON')
    .action(
      acting(async (saga: string | undefined, { json }: { readonly json?: true }) => {
        const config = await read();
        await (saga === undefined ? lookAtPlatform(config, json) : lookAtSaga(config, sagaIdOf(saga), json));
      }),
    );

async function lookAtPlatform(config: QuadrilleConfig, json: true | undefined): Promise<void> {
  const facts = await lookAtChoreography(config.choreography, runningSystemOf(config, process.env), process.env);
  const checks = judge(facts);
  if (json) printJson({ checks });
  else console.log(checksInWords(checks, paint));
  process.exitCode = exitCodeOf(facts, checks);
}

async function lookAtSaga(config: QuadrilleConfig, id: string, json: true | undefined): Promise<void> {
  const system = runningSystemOf(config, process.env);
  const saga = await readSaga(config.choreography, system, id);
  const findings = findingsOf(config.choreography, saga, await clusterOf(config.choreography, system), Date.now());
  if (!saga.timeline && findings.length === 0) {
    throw new Refusal(
      `No topic and no known outbox has an event of ${id}: check the id, and whether its command was accepted.`,
    );
  }
  const state = saga.timeline?.state ?? 'not published yet';
  if (json) printJson({ saga: id, state, findings });
  else console.log([paint('strong', `Saga ${id} is ${state}.`), ...linesOf(findings)].join('\n\n'));
  process.exitCode = findings.some(({ level }) => level === 'broken') ? 1 : 0;
}

function linesOf(findings: readonly SagaFinding[]): string[] {
  if (findings.length === 0) return [`${paint('good', '✓')} Nothing is missing.`];
  return findings.map(({ level, message, next }) => {
    const sign = level === 'under-way' ? paint('wait', '…') : paint('bad', '✗');
    return `${sign} ${message}\n  ${next}`;
  });
}
