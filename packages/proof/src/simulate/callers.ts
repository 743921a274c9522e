import type { Chance } from './chance.js';
import type { Run } from './life.js';
import type { Caller, SimulatedSaga } from './model.js';
import { lastOrderAtMs, type Plan } from './plan.js';
import type { ServiceProcess } from './service-process.js';

const TIMEOUT_MS = 3_000;

/** The callers of all sagas of a run. */
export class Callers {
  private busy = 0;
  /** The start of each saga, in milliseconds since the beginning of the run. */
  readonly begunAt = new Map<string, number>();
  /** The keys of the sagas with a rejected request. */
  readonly refused = new Set<string>();

  constructor(
    private readonly run: Run,
    private readonly processOf: (step: string, chance: Chance) => ServiceProcess | undefined,
  ) {}

  get areDone(): boolean {
    return this.busy === 0;
  }

  begin(sagas: readonly SimulatedSaga[], { count }: Plan): void {
    for (const saga of sagas) {
      const caller = this.callerOf(saga, this.run.chanceOf(`customer of ${saga.key}`));
      this.busy++;
      this.run.time.plan(caller.chance.between(0, lastOrderAtMs(count)), () => {
        void saga.act(caller).then(() => this.busy--);
      });
    }
  }

  private callerOf({ key }: SimulatedSaga, chance: Chance): Caller {
    return {
      chance,
      insist: (step, data) => this.insist(step, data, key, chance),
      begun: () => this.begunAt.set(key, this.run.time.now),
      pause: (ms) => this.run.time.pass(ms),
    };
  }

  private async insist(step: string, data: object, key: string, chance: Chance): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const answer = await Promise.race([
        this.submit(step, data, key, chance),
        this.run.time.pass(TIMEOUT_MS).then(() => undefined),
      ]);
      if (answer !== undefined) {
        if (answer !== 'answered') this.refused.add(key);
        return this.run.journal.note(`${step} ${answer}`, key);
      }
      this.run.journal.note('customer request repeated', `${step} ${key} ${attempt}`);
      await this.run.time.pass(chance.between(10, 500));
    }
  }

  private async submit(step: string, data: object, key: string, chance: Chance): Promise<string | undefined> {
    try {
      const outcome = await this.processOf(step, chance)?.command(step, data, key, `${step} ${key}`);
      return outcome && ('refused' in outcome ? `refused: ${outcome.refused.refused}` : 'answered');
    } catch {
      return undefined;
    }
  }
}
