import { InvalidArgumentError, Option } from 'commander';
import { CHOREOGRAPHY, PROTOCOLS } from '../protocols/all.js';
import { FAULTS, type Fault } from '../run/faults.js';

const RUNNABLE = [...PROTOCOLS, CHOREOGRAPHY];

export const protocolAmong =
  (names: readonly string[]) =>
  (text: string): string => {
    if (names.includes(text)) return text;
    throw new InvalidArgumentError(`Unknown protocol ${text}. Known protocols: ${names.join(', ')}.`);
  };

export const protocolNamed = protocolAmong(RUNNABLE);

export const severalProtocols = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  protocolNamed(text),
];

/** `driver-dies,partition`: both start at the same moment. */
export function faultNamed(text: string): Fault {
  const found = FAULTS.find((fault) => fault === text);
  if (found) return found;
  throw new InvalidArgumentError(`Unknown fault ${text}. Known faults: ${FAULTS.join(', ')}.`);
}

export const severalFaults = (text: string, before: readonly Fault[] = []): Fault[] => [...before, faultNamed(text)];

export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };

/** Parses `3s` or `500ms`; returns milliseconds. */
export function duration(text: string): number {
  const [, digits, unit] = /^(\d+)(ms|s)$/.exec(text) ?? [];
  const ms = Number(digits) * (unit === 's' ? 1_000 : 1);
  if (ms > 0 && ms <= 3_600_000) return ms;
  throw new InvalidArgumentError('Expected a duration above 0 with its unit, such as 3s or 500ms, of at most an hour.');
}

export const expiryOption = (): Option =>
  new Option('--expiry <duration>', 'time until a reservation expires').argParser(duration).default(15_000, '15s');

export function oneOf<const Value extends string>(...values: readonly Value[]) {
  return (text: string): Value => {
    if ((values as readonly string[]).includes(text)) return text as Value;
    throw new InvalidArgumentError(`Expected ${values.join(' or ')}.`);
  };
}
