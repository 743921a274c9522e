import { useQuery } from '@tanstack/react-query';
import { request } from '../api/request.js';

/** The step that informs the customer. It emits no event, so its own service is queried. */
const NOTIFIES_THE_CUSTOMER = 'notify-customer';
const POLL_MS = 2_000;
const NONE: ReadonlySet<string> = new Set();
const NOTIFIED: ReadonlySet<string> = new Set([NOTIFIES_THE_CUSTOMER]);

interface Notifications {
  readonly notifications: readonly { readonly orderId: string }[];
}

/** Returns the steps without events that have done their part, once the saga has ended. */
export function useFollowUps(orderId: string, ended: boolean): ReadonlySet<string> {
  const { data } = useQuery({
    queryKey: ['notifications', orderId],
    queryFn: ({ signal }) => request<Notifications>('notification', `/notifications?orderId=${orderId}`, { signal }),
    enabled: ended,
    refetchInterval: ({ state }) => (state.data?.notifications.length ? false : POLL_MS),
  });
  return data?.notifications.length ? NOTIFIED : NONE;
}
