import { eventsHandledBy, type Row, type Rows } from '@quadrille/choreography';
import { DUPLICATE, type Input, type Outcome, type Unreadable } from '../input.js';
import { type Log, traceIdOf } from '../log.js';
import { isTransientCode, retryDecisionOf } from '../parked/park-or-dead-letter.js';

/** The logger methods in use. Without `debug`, successful inputs are not logged. */
export type LogOutcomes = Pick<Log, 'info' | 'warn' | 'error'> &
  Partial<Pick<Log, 'debug'> & { isLevelEnabled(level: string): boolean }>;

/** Logs the outcomes of inputs: failures always, others with `LOG_LEVEL=debug`. */
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
      else if (all) this.log.debug?.({ ...this.about(input), ...wordsFor(outcome) }, 'input processed');
    });
  }

  private reportUnreadable({ key, code, cause, original }: Unreadable): void {
    const trace = traceIdOf(original.headers.traceparent);
    this.log.warn({ key, ...trace, code, cause }, 'unreadable message parked');
  }

  private reportFailure(input: Input, failed: Extract<Outcome, { failed: unknown }>['failed']): void {
    const { code, cause } = failed;
    const fields = { ...this.about(input), code, cause };
    const attempts = input.from === 'event' ? (input.parked?.attempts ?? 0) + 1 : 1;
    if (input.from === 'event' && retryDecisionOf(failed, attempts).state === 'dead') {
      const compensates = this.rows[input.step.name]?.compensates !== undefined;
      this.log.error(
        { ...fields, attempts },
        compensates
          ? 'compensation failed permanently; manual intervention required'
          : 'input failed permanently; an operator must decide',
      );
      return;
    }
    // An outage passes by itself and is retried; any other failure is a bug.
    this.log[isTransientCode(code) ? 'info' : 'warn']({ ...fields, attempts }, 'input failed');
  }

  /** The key under its field name in the events (`orderId`), the step, and the trace if there is one. */
  private about({ step, key, traceparent }: Input): Record<string, unknown> {
    return { [keyNameOf(this.rows[step.name])]: key, step: step.name, ...traceIdOf(traceparent) };
  }
}

/** The field name of the key in the events of a row: `orderId`. */
export const keyNameOf = (row: Row | undefined): string =>
  row?.emits[0]?.key ?? (row && eventsHandledBy(row)[0]?.key) ?? 'key';

function wordsFor(outcome: Outcome): { readonly outcome: string } {
  if (outcome === DUPLICATE) return { outcome: 'duplicate' };
  if ('event' in outcome) return { outcome: outcome.event.type };
  return { outcome: 'refused' in outcome ? outcome.refused.refused : 'nothing' };
}
