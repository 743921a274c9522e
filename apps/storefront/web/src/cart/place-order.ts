import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { useNavigate } from 'react-router';
import { Problem } from '../api/problem.js';
import { pauseBeforeRetry } from '../api/query-client.js';
import { request } from '../api/request.js';
import type { OrderPageState } from '../order/order-page.js';
import { removeAttempt, storedAttempt } from './attempt.js';

interface Taken {
  readonly orderId: string;
}

/** Number of automatic retries while the order service is unavailable; the key makes them safe. */
const SENT_AGAIN_TIMES = 2;

/** Sends an order and opens its page. Repeated clicks order once: the same intention has the same key, also after a reload. */
export function usePlaceOrder(onTaken: () => void = () => {}) {
  const navigate = useNavigate();
  const sending = useRef(false);
  const mutation = useMutation<Taken, Error, object>({
    mutationFn: (body) => {
      const attempt = storedAttempt(body);
      return request('order', '/orders', { method: 'POST', body, headers: { 'idempotency-key': attempt.key } });
    },
    retry: (times, error) =>
      error instanceof Problem &&
      (error.isTransient || error.code === 'request-still-running') &&
      times < SENT_AGAIN_TIMES,
    retryDelay: pauseBeforeRetry,
    onSuccess: ({ orderId }) => {
      removeAttempt();
      onTaken();
      const state: OrderPageState = { placed: true };
      void navigate(`/orders/${orderId}`, { state });
    },
    onSettled: () => {
      sending.current = false;
    },
  });
  const place = (body: object) => {
    if (sending.current) return;
    sending.current = true;
    mutation.mutate(body);
  };
  return { ...mutation, place };
}
