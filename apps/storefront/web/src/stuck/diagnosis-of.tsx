import { Alert, Loader, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { diagnoseOrder } from './diagnosing.js';

const LOOK_EVERY_MS = 2_000;

/** The diagnosis of `npx quadrille doctor`. */
export function DiagnosisOf({ orderId }: { readonly orderId: string }) {
  const { data, error } = useQuery({
    queryKey: ['diagnosis', orderId],
    queryFn: () => diagnoseOrder(orderId),
    refetchInterval: LOOK_EVERY_MS,
  });
  if (error) return <Text size="sm">{error.message}</Text>;
  if (!data) return <Loader size="sm" aria-label="Querying every service" />;
  if (data.findings.length === 0) return <Text size="sm">It is {data.state} by now; nothing is missing.</Text>;
  return data.findings.map(({ cause, step, service, message, next }) => (
    <Alert
      key={`${step} ${service}`}
      color={cause === 'under-way' ? 'gray' : 'undo'}
      variant="light"
      title={message}
      role="status"
    >
      {next}
    </Alert>
  ));
}
