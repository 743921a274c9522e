import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { SESSION } from '../api/query-client.js';
import { request } from '../api/request.js';

/** The signed-in user. */
interface Person {
  readonly name: string;
  /** Null for operators. */
  readonly customerId: string | null;
  readonly isOperator: boolean;
}

/** The response of `GET /session`. */
export interface Session {
  /** Whether services authenticate callers. */
  readonly authenticationRequired: boolean;
  /** Whether sign-in is configured. */
  readonly canSignIn: boolean;
  readonly person: Person | null;
  /** Whether the session of a user expired; the issuer may sign them in again without a question. */
  readonly expired: boolean;
}

/** Refresh interval, because tokens expire. */
const LOOK_AGAIN_MS = 60_000;

/** The signed-in user; undefined while loading. Loaded only once if services do not authenticate callers. */
export function useSession() {
  return useQuery({
    queryKey: SESSION,
    queryFn: ({ signal }) => request<Session>('storefront', '/session', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.data?.authenticationRequired ? LOOK_AGAIN_MS : false),
  });
}

/** The signed-in customer; undefined for a user who may act for all customers: operators, and without authentication. */
export function useOwnCustomer(): { readonly id: string; readonly name: string } | undefined {
  const { data } = useSession();
  const person = data?.person;
  return person?.customerId == null ? undefined : { id: person.customerId, name: person.name };
}

/** The address of the sign-in that returns to this page. `choose`: with another account; `silent`: without any question. */
export function signInAddress(to: string, how?: 'choose' | 'silent'): string {
  return `/sign-in?${new URLSearchParams({ to, ...(how && { [how]: '1' }) })}`;
}

/** Signs in again without a question after the session has expired, and returns here. The cart and the form are in this browser. */
export function useSignInAgain(here: string): void {
  const expired = useSession().data?.expired;
  useEffect(() => {
    if (expired) location.replace(signInAddress(here, 'silent'));
  }, [expired, here]);
}
