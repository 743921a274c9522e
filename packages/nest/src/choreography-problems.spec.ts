import { describe, expect, it } from '@jest/globals';
import { copiesOfChoreography } from '@quadrille/choreography';
import { warnOfCopies } from './choreography-problems.js';

describe('two copies of a package in one tree', () => {
  const warnings = (copies?: number): string[] => {
    const lines: string[] = [];
    warnOfCopies({ warn: (_: object, message: string) => void lines.push(message) } as never, copies);
    return lines;
  };

  it('cause one warning with the command that lists them', () => {
    expect(warnings(2)).toEqual([expect.stringContaining('npm ls @quadrille/choreography')]);
  });

  it('are counted: this process has one', () => {
    expect(copiesOfChoreography()).toBe(1);
    expect(warnings()).toEqual([]);
  });
});
