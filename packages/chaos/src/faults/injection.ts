import type { Fault } from '../schedule/schedule.js';
import type { ChaoticSystem } from '../system/chaotic-system.js';

/** Takes a fault back, and resolves when what was broken is there again. */
export type Lift = () => Promise<void>;
/** Lets a fault happen. */
export type Injection = (system: ChaoticSystem, fault: Fault) => Promise<Lift>;
