import type { Choreography } from './choreography.js';
import type { Fault } from './fault.js';
import { everyStepUndone, failuresTurnBack, reverseOrder } from './how-it-is-undone.js';
import { afterwardsNeverReachBack, everyPathEnds, noLoop } from './where-it-goes.js';
import { everyEventHeard, nobodyWaitsInVain, oneOwner, oneReaction } from './who-speaks.js';

/** Checks a choreography before anything runs. An empty result: every rule holds. */
export function verify(choreography: Choreography): Fault[] {
  const faults = [
    ...oneOwner(choreography),
    ...everyEventHeard(choreography),
    ...nobodyWaitsInVain(choreography),
    ...oneReaction(choreography),
    ...noLoop(choreography),
    ...everyStepUndone(choreography),
    ...failuresTurnBack(choreography),
    ...afterwardsNeverReachBack(choreography),
  ];
  // Walking a table that is broken in shape would tell the same again, or never end.
  if (faults.length > 0) return faults;
  const endless = everyPathEnds(choreography);
  return endless.length > 0 ? endless : reverseOrder(choreography);
}
