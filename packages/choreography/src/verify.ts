import type { Choreography } from './choreography.js';
import { everyStepCompensated, failuresTurnBack, reverseOrder } from './compensation-rules.js';
import { everyEventHandled, everyHandledEventEmitted, oneOwner, oneReaction } from './ownership-rules.js';
import { everyPathEnds, followUpsNeverReachBack, noLoop } from './path-rules.js';
import { openedDataIsPersonal, personalDataHasSubject } from './personal-rules.js';
import { topicRules } from './topic-rules.js';
import type { Violation } from './violation.js';

/** Checks a choreography before anything runs. An empty result: every rule holds. */
export function verify(choreography: Choreography): Violation[] {
  const violations = [
    ...topicRules(choreography),
    ...oneOwner(choreography),
    ...everyEventHandled(choreography),
    ...everyHandledEventEmitted(choreography),
    ...oneReaction(choreography),
    ...noLoop(choreography),
    ...everyStepCompensated(choreography),
    ...failuresTurnBack(choreography),
    ...followUpsNeverReachBack(choreography),
    ...personalDataHasSubject(choreography),
    ...openedDataIsPersonal(choreography),
  ];
  // Path rules on a malformed table would repeat these violations, or never end.
  if (violations.length > 0) return violations;
  const endless = everyPathEnds(choreography);
  return endless.length > 0 ? endless : reverseOrder(choreography);
}
