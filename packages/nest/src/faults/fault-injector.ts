import type { Step } from '@quadrille/choreography';
import type { ServiceDefinition } from '../definition.js';

/**
 * Makes steps fail on purpose, as if they had a bug: for demonstrations and tests. After the fault is lifted, failed messages can
 * be redriven.
 */
export class FaultInjector {
  private failing: ReadonlySet<string> = new Set();

  get steps(): readonly string[] {
    return [...this.failing];
  }

  set(steps: readonly string[]): void {
    this.failing = new Set(steps);
  }

  /** Returns the definition with steps that check for a fault before they decide. */
  wrapAll<Definition extends ServiceDefinition<any, any>>(definition: Definition): Definition {
    const { steps } = definition;
    return { ...definition, steps: { ...steps, steps: steps.steps.map((step) => this.wrapStep(step)) } };
  }

  private throwIfFailing(step: string): void {
    if (this.failing.has(step)) throw new Error(`${step} has a bug, switched on for demonstration.`);
  }

  private wrapStep(step: Step): Step {
    return {
      ...step,
      decide: (states, payload, answer) => {
        this.throwIfFailing(step.name);
        return step.decide(states, payload, answer);
      },
      ...(step.handle && {
        handle: (payload, within) => {
          this.throwIfFailing(step.name);
          return step.handle!(payload, within);
        },
      }),
    };
  }
}
