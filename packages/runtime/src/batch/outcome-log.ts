import { eventsHandledBy, type Row, type Rows } from '@quadrille/choreography';
import { DUPLICATE, type Input, type Outcome, type Unreadable } from '../input.js';
import type { Log } from '../log.js';
import { passes, retryDecisionOf } from '../parked/park-or-dead-letter.js';
import { traceIdOf } from '../trace-id.js';

/** What of a logger is needed here. Without `debug` the lines of daily life are not written. */
export type LogOutcomes = Pick<Log, 'info' | 'warn' | 'error'> &
  Partial<Pick<Log, 'debug'> & { isLevelEnabled(level: string): boolean }>;

/** Writes what came of inputs to the log: failures always, everything else with `LOG_LEVEL=debug`. */
export class OutcomeLog {
  constructor(
    private readonly rows: Rows,
    private readonly log: LogOutcomes,
  ) {}

  report(inputs: readonly (Input | Unreadable)[], outcomes: readonly Outcome[]): void {
    const all = this.log.isLevelEnabled?.('debug') === true;
    inputs.forEach((input, at) => {
      const outcome = outcomes[at]!;
      if (input.from === 'unreadable') this.reportUnreadable(input);
      else if ('failed' in outcome) this.reportFailure(input, outcome.failed);
      else if (all) this.log.debug?.({ ...this.about(input), ...wordsFor(outcome) }, 'took an input');
    });
  }

  private reportUnreadable({ key, code, cause, original }: Unreadable): void {
    const trace = traceIdOf(original.headers.traceparent);
    this.log.warn({ key, ...trace, code, cause }, 'parked an unreadable message');
  }

  private reportFailure(input: Input, failed: Extract<Outcome, { failed: unknown }>['failed']): void {
    const { code, cause } = failed;
    const fields = { ...this.about(input), code, cause };
    const attempts = input.from === 'event' ? (input.parked?.attempts ?? 0) + 1 : 1;
    if (input.from === 'event' && retryDecisionOf(failed, attempts).state === 'dead') {
      const undoes = this.rows[input.step.name]?.compensates !== undefined;
      this.log.error(
        { ...fields, attempts },
        undoes ? 'could not undo, and gives up: a human is needed' : 'gives up: an operator is needed',
      );
      return;
    }
    // What passes by itself is daily life, and tried again; anything else is a bug.
    this.log[passes(code) ? 'info' : 'warn']({ ...fields, attempts }, 'could not take an input');
  }

  /** The key under the name it has in the events (`orderId`), the step, and the trace if there is one. */
  private about({ step, key, traceparent }: Input): Record<string, unknown> {
    return { [keyNameOf(this.rows[step.name])]: key, step: step.name, ...traceIdOf(traceparent) };
  }
}

/** The name of the key in the events of a row: `orderId`. */
export const keyNameOf = (row: Row | undefined): string =>
  row?.emits[0]?.key ?? (row && eventsHandledBy(row)[0]?.key) ?? 'key';

function wordsFor(outcome: Outcome): { readonly outcome: string } {
  if (outcome === DUPLICATE) return { outcome: 'duplicate' };
  if ('said' in outcome) return { outcome: outcome.said.type };
  return { outcome: 'refused' in outcome ? outcome.refused.refused : 'nothing' };
}
