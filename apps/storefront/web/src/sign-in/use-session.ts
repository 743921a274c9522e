import { useQuery } from '@tanstack/react-query';
import { request } from '../talking/request.js';

/** Who has signed in. */
interface Person {
  readonly name: string;
  /** Null for operators. */
  readonly customerId: string | null;
  readonly isOperator: boolean;
}

/** As `GET /session` answers it. */
export interface Session {
  /** Whether services ask who calls. */
  readonly asked: boolean;
  /** Whether one can sign in here. */
  readonly canSignIn: boolean;
  readonly person: Person | null;
}

/** Tokens expire. */
const LOOK_AGAIN_MS = 60_000;

/** Who has signed in; undefined until that is known. Where services ask nobody, it is asked for once. */
export function useSession() {
  return useQuery({
    queryKey: ['session'],
    queryFn: ({ signal }) => request<Session>('storefront', '/session', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.data?.asked ? LOOK_AGAIN_MS : false),
  });
}

/** The customer as whom one has signed in; undefined where one may act for all: operators, and where services ask nobody. */
export function useOwnCustomer(): { readonly id: string; readonly name: string } | undefined {
  const { data } = useSession();
  const person = data?.person;
  return person?.customerId == null ? undefined : { id: person.customerId, name: person.name };
}

/** Where one signs in, to come back to this page. `choose`: as somebody else. */
export function signInAddress(to: string, choose = false): string {
  return `/sign-in?${new URLSearchParams({ to, ...(choose && { choose: '1' }) })}`;
}
