import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { FaultName, FaultSwitch } from '../../../../src/stage/snapshot.js';
import { request } from '../../api/request.js';

/** Maximum time for which a switch shows the requested state before the stage confirms it. */
const TIMEOUT_MS = 6_000;

/** The fault switches of the stage, as the page operates them. */
export interface Switches {
  /** The stage's state, or the requested one. */
  find(fault: FaultName, target?: string | null): FaultSwitch | undefined;
  set(fault: FaultName, target: string | null, on: boolean): void;
  lift(): void;
  readonly lifting: boolean;
  /** The reason of the last failure; null after a success. */
  readonly problem: string | null;
}

/** The response of `POST /stage/lift`; the stage shows pending lifts itself. */
interface Lifted {
  readonly failures: readonly string[];
}

interface Wanted {
  readonly fault: FaultName;
  readonly target: string | null;
  readonly on: boolean;
}

/** Operates switches and shows the requested state at once. */
export function useSwitches(faults: readonly FaultSwitch[]): Switches {
  const [wanted, setWanted] = useState<ReadonlyMap<string, { readonly on: boolean; readonly at: number }>>(new Map());
  const [problem, setProblem] = useState<string | null>(null);
  const drop = (key: string, at?: number) =>
    setWanted((before) => new Map([...before].filter(([each, wish]) => each !== key || (at && wish.at !== at))));
  const moving = useMutation({
    mutationFn: ({ fault, target, on }: Wanted) =>
      request('storefront', `/stage/faults/${fault}`, { method: 'PUT', body: { target, on } }),
    onMutate: ({ fault, target, on }) => {
      setProblem(null);
      const [key, at] = [keyOf(fault, target), Date.now()];
      setWanted((before) => new Map(before).set(key, { on, at }));
      setTimeout(() => drop(key, at), TIMEOUT_MS);
    },
    onError: (error, { fault, target }) => {
      setProblem(error.message);
      drop(keyOf(fault, target));
    },
  });
  const lifting = useMutation({
    mutationFn: () => request<Lifted>('storefront', '/stage/lift', { method: 'POST', body: {} }),
    onMutate: () => setProblem(null),
    onSuccess: ({ failures }) => {
      setWanted(new Map());
      setProblem(failures.length > 0 ? failures.join(' ') : null);
    },
    onError: (error) => setProblem(error.message),
  });
  return {
    find(fault, target = null) {
      const known = faults.find((each) => each.fault === fault && each.target === target);
      const wish = wanted.get(keyOf(fault, target));
      return known && wish ? { ...known, on: wish.on } : known;
    },
    set: (fault, target, on) => moving.mutate({ fault, target, on }),
    lift: () => lifting.mutate(),
    lifting: lifting.isPending,
    problem,
  };
}

const keyOf = (fault: FaultName, target: string | null): string => `${fault} ${target ?? ''}`;
