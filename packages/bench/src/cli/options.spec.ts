import { describe, expect, it } from '@jest/globals';
import { commandOf, help, readOptions } from './options.js';

const KNOWN = ['drain', 'steady', 'intake'];
const read = (...args: string[]) => readOptions(args, KNOWN);

describe('the command line of the benchmark', () => {
  it('selects every case and both sides by default', () => {
    expect(read()).toMatchObject({ cases: KNOWN, sides: ['quadrille', 'baseline'], quick: false, orders: undefined });
  });

  it('accepts several cases and sorts them by order of execution', () => {
    expect(read('--case', 'intake', '--case', 'drain').cases).toEqual(['drain', 'intake']);
  });

  it('accepts numbers and a file', () => {
    expect(read('--orders', '2000', '--runs', '2', '--json', 'x.json', '--quick')).toMatchObject({
      ...{ orders: 2_000, runs: 2, json: 'x.json', quick: true },
    });
  });

  it.each([
    [['--case', 'speed'], '--case is speed; expected one of drain, steady, intake.'],
    [['--side', 'temporal'], '--side is temporal; expected one of quadrille, baseline.'],
    [['--orders', '0'], '--orders is "0"; expected a whole number from 1 to 1000000.'],
    [['--orders', '1.5'], '--orders is "1.5"'],
    [['--orders', ''], '--orders is ""'],
    [['--runs', 'many'], '--runs is "many"; expected a whole number from 1 to 20.'],
    [['--json', ''], '--json needs the name of a file.'],
    [['--quick', '--write-docs'], '--write-docs cannot be combined with --quick.'],
    [['--fast'], "Unknown option '--fast'. See npm run bench -- --help."],
    [['drain'], 'See npm run bench -- --help.'],
  ])('rejects %p with a message', (args, sentence) => {
    expect(() => readOptions(args, KNOWN)).toThrow(sentence);
  });

  it('prints the command that repeats a measurement', () => {
    expect(commandOf('drain', read('--case', 'drain', '--json', 'x.json'))).toBe('npm run bench -- --case drain');
    expect(commandOf('drain', read('--side', 'quadrille', '--orders', '500', '--runs', '1', '--quick'))).toBe(
      'npm run bench -- --case drain --side quadrille --quick --orders 500 --runs 1',
    );
  });

  it('lists the cases in its help', () => {
    expect(help([['drain', 'how fast sagas end']])).toContain('drain              how fast sagas end');
  });
});
