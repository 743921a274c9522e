import { describe, expect, it } from '@jest/globals';
import { Graph } from './graph.js';

const graphOf = (...ways: readonly (readonly [from: number, to: string])[]): Graph => {
  const graph = new Graph();
  graph.reach('a');
  for (const [from, to] of ways) graph.reach(to, from);
  return graph;
};

describe('a graph of states', () => {
  it('recognises a state that is reached again', () => {
    const graph = graphOf([0, 'b']);
    expect(graph.reach('b', 0)).toBe(false);
    expect(graph.reach('c', 1)).toBe(true);
    expect(graph.size).toBe(3);
  });

  it('returns the path on which a state was reached first', () => {
    expect(graphOf([0, 'b'], [0, 'c'], [1, 'd'], [2, 'd']).pathTo(3)).toEqual(['a', 'b', 'd']);
  });

  it('finds the longest run', () => {
    expect(graphOf([0, 'b'], [0, 'c'], [1, 'c'], [2, 'd']).longestRun()).toBe(3);
  });

  it('ignores a transition from a state to itself', () => {
    expect(graphOf([0, 'a'], [0, 'b']).longestRun()).toBe(1);
  });

  it('finds no longest run in a cycle', () => {
    expect(graphOf([0, 'b'], [1, 'c'], [2, 'b']).longestRun()).toBeUndefined();
  });
});
