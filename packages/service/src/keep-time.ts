import { type Clock, clockOf, type Rows, type Tx } from '@quadrille/choreography';
import { allOf } from './all-of.js';
import { extendDeadlines, startDeadlines, stopDeadlines } from './deadlines.js';
import type { Admitted, Decided } from './decide-batch.js';

/** One clock row of this service. */
interface ClockRow {
  readonly step: string;
  readonly clock: Clock;
}

/** Keeps the clocks of a service's rows: what was said and heard in a batch starts, extends and stops them, in its transaction. */
export class TimeKeeper {
  readonly clocks: readonly ClockRow[];

  constructor(
    rows: Rows,
    service: string,
    private readonly deadlineSeconds: number,
  ) {
    this.clocks = Object.entries(rows).flatMap(([step, row]) => {
      const clock = row.by === service ? clockOf(row) : undefined;
      return clock ? [{ step, clock }] : [];
    });
  }

  async keep(tx: Tx, batch: readonly Admitted[], decided: readonly Decided[]): Promise<void> {
    await allOf(this.clocks.map((row) => this.keepOne(tx, row, batch, decided)));
  }

  private async keepOne(tx: Tx, { step, clock }: ClockRow, batch: readonly Admitted[], decided: readonly Decided[]) {
    const said = decided.flatMap((each) => (each !== 'behind' && 'said' in each ? [each.said] : []));
    const saidOf = (events: readonly { wire: string }[]) =>
      said.filter(({ type }) => events.some(({ wire }) => type.startsWith(`${wire}.v`))).map(({ subject }) => subject);
    const starting = saidOf([clock.startedBy]);
    const stopping = [
      ...saidOf(clock.stoppedBy),
      // A clock that has struck is over, whatever its step decided; where the step failed it strikes again.
      ...batch.flatMap(({ input }, at) => (input.from === 'clock' && !isFailed(decided[at]!) ? [input.key] : [])),
    ];
    const extending = batch.flatMap(({ input, admission }) =>
      input.from === 'extension' && input.step.name === step && admission === 'run' ? [input.key] : [],
    );
    await allOf([
      starting.length > 0 && startDeadlines(tx, step, starting, this.deadlineSeconds),
      extending.length > 0 && extendDeadlines(tx, step, extending, this.deadlineSeconds, clock.extensions),
      stopping.length > 0 && stopDeadlines(tx, step, stopping),
    ]);
  }
}

const isFailed = (decided: Decided): boolean => decided !== 'behind' && 'failed' in decided;
