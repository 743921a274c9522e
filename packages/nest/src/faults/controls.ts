import { crashOn, onCrashPoint, parseCrashAt } from '@quadrille/crash-points';
import { Problem } from '@quadrille/runtime';
import type { FaultInjector } from './fault-injector.js';
import type { PoisonKind, PoisonMessages } from './poison-messages.js';

/** The active faults of a service. */
export interface ControlState {
  readonly pausedTopics: readonly string[];
  readonly relayPaused: boolean;
  readonly failingSteps: readonly string[];
}

/** The controls of a demonstration or a test over a running service. */
export class Controls {
  private pausedTopics: readonly string[] = [];
  private relayPaused = false;

  constructor(
    private readonly consumer: { pause(topics: readonly string[]): void } | undefined,
    private readonly relay: { pause(): void; resume(): void } | undefined,
    private readonly faults: FaultInjector,
    private readonly poison: PoisonMessages,
  ) {}

  state(): ControlState {
    return { pausedTopics: this.pausedTopics, relayPaused: this.relayPaused, failingSteps: this.faults.steps };
  }

  pause(topics: readonly string[]): void {
    if (!this.consumer)
      throw new Problem(409, 'consumes-nothing', 'This service consumes no topic that could be paused.');
    this.consumer.pause(topics);
    this.pausedTopics = topics;
  }

  /** Exactly these steps fail from now on. */
  fail(steps: readonly string[]): void {
    this.faults.set(steps);
  }

  publishPoison(kind: PoisonKind, key: string): Promise<{ topic: string }> {
    if (!this.relay)
      throw new Problem(409, 'publishes-nothing', 'This service publishes no events, so it has no topic.');
    return this.poison.publish(kind, key);
  }

  /** Lets this process kill itself at a later passage of a crash point: `relay.taken:3`; null cancels that. */
  crashAt(text: string | null): void {
    if (text === null) {
      onCrashPoint(undefined);
      return;
    }
    const at = parseCrashAt(text);
    if (!at) throw new Problem(422, 'unknown-crash-point', `There is no crash point '${text}'.`);
    crashOn(at.point, at.passage);
  }

  pauseRelay(paused: boolean): void {
    if (!this.relay)
      throw new Problem(409, 'publishes-nothing', 'This service publishes no events, so it has no relay.');
    if (paused) this.relay.pause();
    else this.relay.resume();
    this.relayPaused = paused;
  }
}
