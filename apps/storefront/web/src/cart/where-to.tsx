import { Fieldset, NativeSelect, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { request } from '../api/request.js';
import type { Faults, OrderForm } from './order-form.js';

interface WhereToProps {
  readonly form: OrderForm;
  readonly faults: Faults['fields'];
  readonly onChange: (changes: Partial<OrderForm>) => void;
}

interface Countries {
  readonly served: readonly string[];
  readonly refused: readonly string[];
}

const NAMES = new Intl.DisplayNames('en-GB', { type: 'region' });

/** The delivery address. Countries without service can be chosen: the saga is then compensated. */
export function WhereTo({ form, faults, onChange }: WhereToProps) {
  const text = (field: 'name' | 'line1' | 'city' | 'postalCode', label: string, autoComplete: string) => (
    <TextInput
      label={label}
      autoComplete={autoComplete}
      value={form[field]}
      error={faults[field]}
      onChange={({ currentTarget }) => onChange({ [field]: currentTarget.value })}
    />
  );
  const countries = useCountries(form.country);
  return (
    <Fieldset legend="Delivery address">
      <Stack gap="md">
        {text('name', 'Name', 'name')}
        {text('line1', 'Street', 'address-line1')}
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {text('city', 'Town', 'address-level2')}
          {text('postalCode', 'Postal code', 'postal-code')}
        </SimpleGrid>
        <NativeSelect
          label="Country"
          autoComplete="country"
          value={form.country}
          error={faults.country}
          onChange={({ currentTarget }) => onChange({ country: currentTarget.value })}
          data={countries}
        />
      </Stack>
    </Fieldset>
  );
}

/** The carrier's countries; only the chosen country while the carrier is unavailable. */
function useCountries(chosen: string) {
  const { data } = useQuery({
    queryKey: ['countries'],
    queryFn: ({ signal }) => request<Countries>('shipping', '/carrier/countries', { signal }),
    staleTime: 300_000,
  });
  return useMemo(() => {
    if (!data) return [{ value: chosen, label: NAMES.of(chosen) ?? chosen }];
    const options = [
      ...data.served.map((code) => ({ value: code, label: NAMES.of(code) ?? code })),
      ...data.refused.map((code) => ({ value: code, label: `${NAMES.of(code) ?? code} (not served by the carrier)` })),
    ];
    return options.sort((a, b) => a.label.localeCompare(b.label));
  }, [data, chosen]);
}
