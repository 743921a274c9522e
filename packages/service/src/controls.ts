import { dieAt, onPassage, parseCrashAt } from '@quadrille/crash-points';
import { Problem } from './problem.js';

/** What a demonstration or a test may do to a running service. */
export class Controls {
  constructor(
    private readonly consumer: { hold(topics: readonly string[]): void } | undefined,
    private readonly relay: { pause(): void; resume(): void } | undefined,
  ) {}

  hold(topics: readonly string[]): void {
    if (!this.consumer) throw new Problem(409, 'hears-nothing', 'This service hears no topics that could be held.');
    this.consumer.hold(topics);
  }

  /** Lets this process kill itself at a passage from now: `relay.taken:3`; null: it lives on. */
  crashAt(text: string | null): void {
    if (text === null) {
      onPassage(undefined);
      return;
    }
    const at = parseCrashAt(text);
    if (!at) throw new Problem(422, 'unknown-crash-point', `There is no crash point '${text}'.`);
    dieAt(at.point, at.passage);
  }

  pauseRelay(paused: boolean): void {
    if (!this.relay) throw new Problem(409, 'says-nothing', 'This service says nothing, so it has no relay.');
    if (paused) this.relay.pause();
    else this.relay.resume();
  }
}
