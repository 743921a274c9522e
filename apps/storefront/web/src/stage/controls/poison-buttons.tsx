import { Anchor, Button, Group, Select, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { request } from '../../api/request.js';
import classes from './panel.module.css';
import { POISON_TOPICS } from './poison-topics.js';

const TOPICS = [...POISON_TOPICS].map(([value, label]) => ({ value, label }));

interface Thrown {
  readonly topic: string;
  readonly orderId: string | null;
}

/** Publishes a poison message: an unreadable one, or a broken event that blocks the saga of a real order. */
export function PoisonButtons() {
  const [service, choose] = useState('payment');
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: (kind: 'unreadable' | 'broken-event') =>
      request<Thrown>('storefront', '/stage/poison-messages', { method: 'POST', body: { service, kind } }),
  });
  return (
    <div className={classes.poison}>
      <Text size="sm" id="poison-label">
        Publish a poison message on
      </Text>
      <Select
        size="xs"
        mt={4}
        maw={320}
        aria-labelledby="poison-label"
        value={service}
        data={TOPICS}
        allowDeselect={false}
        onChange={(value) => value && choose(value)}
      />
      <Group gap="xs" mt={8}>
        <Button size="xs" variant="default" loading={isPending} onClick={() => mutate('unreadable')}>
          Something unreadable
        </Button>
        <Button size="xs" variant="default" loading={isPending} onClick={() => mutate('broken-event')}>
          A broken event of an order
        </Button>
      </Group>
      <Text size="xs" c="dimmed" mt={6} role="status">
        {error && `It could not be published: ${error.message}`}
        {data && `It is on ${data.topic}. `}
        {data?.orderId && (
          <>
            It blocks{' '}
            <Anchor component={Link} to={`/orders/${data.orderId}`} size="xs">
              this order
            </Anchor>{' '}
            alone, until it is discarded among the{' '}
            <Anchor component={Link} to="/dead-letters" size="xs">
              dead letters
            </Anchor>
            .
          </>
        )}
        {data && !data.orderId && 'All other orders continue.'}
      </Text>
    </div>
  );
}
