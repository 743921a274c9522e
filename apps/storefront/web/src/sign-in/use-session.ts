import { useQuery } from '@tanstack/react-query';
import { request } from '../talking/request.js';

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
  readonly asked: boolean;
  /** Whether sign-in is configured. */
  readonly canSignIn: boolean;
  readonly person: Person | null;
}

/** Refresh interval, because tokens expire. */
const LOOK_AGAIN_MS = 60_000;

/** The signed-in user; undefined while loading. Loaded only once if services do not authenticate callers. */
export function useSession() {
  return useQuery({
    queryKey: ['session'],
    queryFn: ({ signal }) => request<Session>('storefront', '/session', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.data?.asked ? LOOK_AGAIN_MS : false),
  });
}

/** The signed-in customer; undefined for a user who may act for all customers: operators, and without authentication. */
export function useOwnCustomer(): { readonly id: string; readonly name: string } | undefined {
  const { data } = useSession();
  const person = data?.person;
  return person?.customerId == null ? undefined : { id: person.customerId, name: person.name };
}

/** The address of the sign-in that returns to this page. `choose`: with another account. */
export function signInAddress(to: string, choose = false): string {
  return `/sign-in?${new URLSearchParams({ to, ...(choose && { choose: '1' }) })}`;
}
