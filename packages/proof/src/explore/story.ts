import type { Decided } from './deciding.js';
import type { Machine } from './machine.js';
import type { Happened } from './moves.js';
import { pack, unpack, type World } from './world.js';

/** Describes a path through the states as a story: the handled events, the emitted events, the changes. */
export async function storyOf(machine: Machine, way: readonly string[]): Promise<string[]> {
  const { logs, channels, deadlines } = machine.layout;
  const lines: string[] = [];
  for (let at = 0; at + 1 < way.length; at++) {
    const world = unpack(way[at]!, logs.length, channels.length, deadlines.length);
    const happened = (await machine.expand(world)).find(({ next }) => pack(next) === way[at + 1]);
    if (happened) lines.push(`${at + 1}. ${sentence(machine, world, happened)}`);
  }
  return lines;
}

function sentence(machine: Machine, world: World, happened: Happened): string {
  const changes = changesIn(machine, world, happened.next);
  return [opening(machine, world, happened), ...(changes.length > 0 ? [` [${changes.join('; ')}]`] : [])].join('');
}

function opening(machine: Machine, world: World, { move, decided, called }: Happened): string {
  if (move.what === 'call') {
    const { step } = machine.system.calls[move.call]!;
    return `The customer sends ${step} to ${machine.layout.serviceOf(step)}: ${words(decided)}.`;
  }
  if (move.what === 'fire-deadline') {
    const { step, deadline, service } = machine.layout.deadlines[move.deadline]!;
    return `${deadline.label} is over, ${service} runs ${step.name}: ${words(decided)}.`;
  }
  const { consumer, log } = machine.layout.channels[move.channel]!;
  const type = machine.eventOf(world.logs[log]![move.at]!).type;
  if (called) {
    const again = move.what === 'gateway-call-again' ? ' (delivered again)' : '';
    return `${consumer} receives ${type}${again} and calls the gateway of ${called.step.name}: ${JSON.stringify(called.answer) ?? 'done'}.`;
  }
  const steps = decided.map(({ step }) => step.name).join(', ');
  const again = move.what === 'handle-again' ? ' a second time' : '';
  return `${consumer} handles ${type}${again}${steps && `, ${steps}`}: ${words(decided)}.`;
}

function words(decided: readonly Decided[]): string {
  const all = decided.map(({ emission, refused, broken }) => {
    if (broken !== undefined) return broken;
    return emission
      ? `emits ${emission.domainEvent.type}`
      : refused !== undefined
        ? `rejects (${refused})`
        : 'emits nothing';
  });
  return all.join(' and ');
}

const UNINTERESTING = new Set(['at', 'version', 'details', 'items', 'orderId', 'placedAt', 'endedAt']);

function changesIn({ cells }: Machine, before: World, after: World): string[] {
  return after.cells.flatMap((id, cell) => {
    if (id === (before.cells[cell] ?? 0)) return [];
    const [old, now] = [cells.stateOf(cell, before.cells[cell]), cells.stateOf(cell, id)];
    const fields = differences(old, now);
    return fields.length > 0 ? [`${cells.nameOf(cell)} ${cells.keyOf(cell).slice(-4)}: ${fields.join(', ')}`] : [];
  });
}

function differences(old: unknown, now: unknown): string[] {
  if (!isRecord(old) || !isRecord(now)) return [`${shown(old)} → ${shown(now)}`];
  return Object.keys(now)
    .filter((field) => !UNINTERESTING.has(field) && typeof now[field] !== 'object' && old[field] !== now[field])
    .map((field) => `${field} ${old[field] === undefined ? '' : `${shown(old[field])} → `}${shown(now[field])}`);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const shown = (value: unknown): string => (isRecord(value) ? String(value.status) : String(value));
