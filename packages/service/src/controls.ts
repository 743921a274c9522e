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

  pauseRelay(paused: boolean): void {
    if (!this.relay) throw new Problem(409, 'says-nothing', 'This service says nothing, so it has no relay.');
    if (paused) this.relay.pause();
    else this.relay.resume();
  }
}
