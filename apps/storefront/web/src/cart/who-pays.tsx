import { Fieldset, NativeSelect, Radio, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { request } from '../api/request.js';
import { UnavailableNotice } from '../api/unavailable-notice.js';
import { money } from '../ui/format.js';
import { CARDS, CUSTOMERS, GUEST } from './customers.js';
import type { Faults, OrderForm } from './order-form.js';

interface WhoPaysProps {
  readonly form: OrderForm;
  readonly faults: Faults['fields'];
  readonly onChange: (changes: Partial<OrderForm>) => void;
  /** Whether the user may order for every customer, and chooses one. */
  readonly choose: boolean;
}

interface Account {
  readonly available: number;
  readonly held: number;
  readonly currency: string;
}

/** The customer and the payment. A guest has no account, only a card. */
export function WhoPays({ form, faults, onChange, choose: mayChoose }: WhoPaysProps) {
  const guest = form.customer === GUEST;
  const choose = (customer: string) => {
    const name = CUSTOMERS.find(({ id }) => id === customer)?.name;
    onChange({ customer, ...(name && { name }), ...(customer === GUEST && { method: 'card' as const }) });
  };
  return (
    <Fieldset legend="Payment">
      <Stack gap="md">
        {mayChoose && (
          <NativeSelect
            label="Customer"
            value={form.customer}
            error={faults.customer}
            onChange={({ currentTarget }) => choose(currentTarget.value)}
            data={[
              ...CUSTOMERS.map(({ id, name }) => ({ value: id, label: name })),
              { value: GUEST, label: 'A guest, without an account' },
            ]}
          />
        )}
        {!guest && <Balance customer={form.customer} />}
        <Radio.Group
          label="Payment"
          value={form.method}
          error={faults.method}
          onChange={(method) => onChange({ method: method as OrderForm['method'] })}
        >
          <Stack gap="xs" mt={6}>
            <Radio value="account" label="On account" disabled={guest} />
            <Radio value="card" label="By card, a test card of the payment provider" />
          </Stack>
        </Radio.Group>
        {form.method === 'card' && (
          <NativeSelect
            label="Card"
            value={form.token}
            error={faults.token}
            onChange={({ currentTarget }) => onChange({ token: currentTarget.value })}
            data={CARDS.map(({ token, what }) => ({ value: token, label: `${what} (${token})` }))}
          />
        )}
      </Stack>
    </Fieldset>
  );
}

const LOOK_AGAIN_MS = 4_000;

function Balance({ customer }: { readonly customer: string }) {
  const { data, failureReason } = useQuery({
    queryKey: ['accounts', customer],
    queryFn: ({ signal }) => request<Account>('payment', `/accounts/${customer}`, { signal }),
    refetchInterval: LOOK_AGAIN_MS,
  });
  if (!data) return <UnavailableNotice what="The account" failure={failureReason} />;
  return (
    <Text size="sm" c="dimmed" className="tabular" mt={-8}>
      {money(data.available, data.currency)} on account
      {data.held > 0 && `, ${money(data.held, data.currency)} held for running orders`}
    </Text>
  );
}
