import type { FaultProxy } from '../proxy/fault-proxy.js';
import { CLEAR, type LinkConditions } from '../proxy/link-conditions.js';
import type { Fault } from '../schedule/schedule.js';
import type { ChaoticSystem } from '../system/chaotic-system.js';
import type { Injection } from './injection.js';
import { repeat } from './repeat.js';

/** As `pg` sends it: a simple query, which ends with a zero byte. */
const COMMIT = Buffer.from('commit\0');

/** The proxy on the way that a fault breaks. */
export type LinkName = (system: ChaoticSystem, fault: Fault) => FaultProxy;

/** The road is long or narrow. */
export const slow =
  (road: LinkName, weatherOf: (fault: Fault) => Partial<LinkConditions>): Injection =>
  async (system, fault) => {
    const proxy = road(system, fault);
    proxy.weather = { ...CLEAR, ...weatherOf(fault) };
    return async () => {
      proxy.weather = CLEAR;
    };
  };

/** Nothing passes; what waits passes in the end. */
export const silent = (road: LinkName): Injection => slow(road, () => ({ blackHole: true }));

/** Connections break, again and again. */
export const resets =
  (road: LinkName): Injection =>
  async (system, fault) =>
    repeat(async () => road(system, fault).reset());

/** Connections are silent for ever; new ones are well. */
export const halfOpen =
  (road: LinkName): Injection =>
  async (system, fault) => {
    road(system, fault).silence();
    return async () => {};
  };

/** Connections break as soon as a commit has passed, again and again: it is done, and nobody is told. */
export const commitsInDoubt =
  (road: LinkName): Injection =>
  async (system, fault) => {
    const proxy = road(system, fault);
    proxy.cutAfter = COMMIT;
    return async () => {
      proxy.cutAfter = undefined;
    };
  };
