import type { FaultProxy } from '../proxy/fault-proxy.js';
import { CLEAR, type LinkConditions } from '../proxy/link.js';
import type { Fault } from '../schedule/schedule.js';
import type { ChaoticSystem } from '../system/chaotic-system.js';
import type { Injection } from './injection.js';
import { repeat } from './repeat.js';

/** The bytes that `pg` sends for a simple query, terminated by a zero byte. */
const COMMIT = Buffer.from('commit\0');

/** Selects the proxy that a fault affects. */
export type LinkName = (system: ChaoticSystem, fault: Fault) => FaultProxy;

/** Adds latency or limits the bandwidth. */
export const slow =
  (linkOf: LinkName, conditionsOf: (fault: Fault) => Partial<LinkConditions>): Injection =>
  async (system, fault) => {
    const proxy = linkOf(system, fault);
    proxy.conditions = { ...CLEAR, ...conditionsOf(fault) };
    return async () => {
      proxy.conditions = CLEAR;
    };
  };

/** Blocks all traffic; buffered bytes are delivered when the fault ends. */
export const silent = (linkOf: LinkName): Injection => slow(linkOf, () => ({ blackHole: true }));

/** Resets all connections repeatedly. */
export const resets =
  (linkOf: LinkName): Injection =>
  async (system, fault) =>
    repeat(async () => linkOf(system, fault).reset());

/** Makes existing connections permanently silent; new connections work. */
export const halfOpen =
  (linkOf: LinkName): Injection =>
  async (system, fault) => {
    linkOf(system, fault).silence();
    return async () => {};
  };

/** Cuts each connection right after a commit has passed: it is committed, but the client gets no answer. */
export const commitsInDoubt =
  (linkOf: LinkName): Injection =>
  async (system, fault) => {
    const proxy = linkOf(system, fault);
    proxy.cutAfter = COMMIT;
    return async () => {
      proxy.cutAfter = undefined;
    };
  };
