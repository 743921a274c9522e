export { type ExploredScenario, exploreCheckout } from './checkout/explore-checkout.js';
export { type Circumstances, circumstancesOfOne } from './checkout/scenarios.js';
export { checkoutParts } from './checkout/steps.js';
export type { Explored, Violation } from './explore/explore.js';
export type { Assumptions } from './explore/system.js';
