import type { FaultProxy } from '../proxy/fault-proxy.js';
import { CLEAR, type Weather } from '../proxy/weather.js';
import type { Fault } from '../schedule/schedule.js';
import type { ChaoticSystem } from '../system/chaotic-system.js';
import { again } from './again.js';
import type { Strike } from './strike.js';

/** As `pg` sends it: a simple query, which ends with a zero byte. */
const COMMIT = Buffer.from('commit\0');

/** The proxy on the way that a fault breaks. */
export type Road = (system: ChaoticSystem, fault: Fault) => FaultProxy;

/** The road is long or narrow. */
export const slow =
  (road: Road, weatherOf: (fault: Fault) => Partial<Weather>): Strike =>
  async (system, fault) => {
    const proxy = road(system, fault);
    proxy.weather = { ...CLEAR, ...weatherOf(fault) };
    return async () => {
      proxy.weather = CLEAR;
    };
  };

/** Nothing passes; what waits passes in the end. */
export const silent = (road: Road): Strike => slow(road, () => ({ blackHole: true }));

/** Connections break, again and again. */
export const resets =
  (road: Road): Strike =>
  async (system, fault) =>
    again(async () => road(system, fault).reset());

/** Connections are silent for ever; new ones are well. */
export const halfOpen =
  (road: Road): Strike =>
  async (system, fault) => {
    road(system, fault).silence();
    return async () => {};
  };

/** Connections break as soon as a commit has passed, again and again: it is done, and nobody is told. */
export const commitsInDoubt =
  (road: Road): Strike =>
  async (system, fault) => {
    const proxy = road(system, fault);
    proxy.cutAfter = COMMIT;
    return async () => {
      proxy.cutAfter = undefined;
    };
  };
