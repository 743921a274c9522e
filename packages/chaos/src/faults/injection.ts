import type { Fault } from '../schedule/schedule.js';
import type { ChaoticSystem } from '../system/chaotic-system.js';

/** Removes a fault. Resolves when the affected component works again. */
export type Lift = () => Promise<void>;
/** Injects a fault. */
export type Injection = (system: ChaoticSystem, fault: Fault) => Promise<Lift>;
