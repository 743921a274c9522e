import { ActionIcon, NumberInput, Table, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import type { Product } from '../shop/product.js';
import { money } from '../ui/format.js';
import type { Cart } from './cart.js';

interface CartLinesProps {
  readonly cart: Cart;
  readonly products: readonly Product[] | undefined;
  /** The error of a line, by SKU. */
  readonly faults: Readonly<Record<string, string>>;
  readonly onQuantity: (sku: string, quantity: number) => void;
}

const MAX_PIECES = 1_000_000;

/** The lines of the cart, with their costs as far as the catalogue is loaded. */
export function CartLines({ cart, products, faults, onQuantity }: CartLinesProps) {
  const bySku = new Map(products?.map((product) => [product.sku, product]));
  const currency = products?.[0]?.currency;
  const total = cart.reduce((sum, { sku, quantity }) => sum + (bySku.get(sku)?.price ?? 0) * quantity, 0);
  return (
    <Table horizontalSpacing={0} verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Article</Table.Th>
          <Table.Th scope="col">Pieces</Table.Th>
          <Table.Th scope="col" ta="right">
            Price
          </Table.Th>
          <Table.Th scope="col">
            <span className="only-for-screen-readers">Remove</span>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {cart.map(({ sku, quantity }) => {
          const product = bySku.get(sku);
          const name = product?.name ?? sku;
          return (
            <Table.Tr key={sku}>
              <Table.Td pr="sm">
                {name}
                {product?.available === 0 && (
                  <Text size="xs" c="var(--q-undo)">
                    Sold out: the order will be cancelled
                  </Text>
                )}
              </Table.Td>
              <Table.Td w={110}>
                <NumberInput
                  aria-label={`Pieces of ${name}`}
                  value={quantity}
                  min={1}
                  max={MAX_PIECES}
                  allowDecimal={false}
                  allowNegative={false}
                  w={92}
                  error={faults[sku]}
                  onChange={(value) => onQuantity(sku, Number(value))}
                />
              </Table.Td>
              <Table.Td ta="right" className="tabular">
                {product ? money(product.price * quantity, product.currency) : '…'}
              </Table.Td>
              <Table.Td w={44} ta="right">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Remove ${name}`}
                  onClick={() => onQuantity(sku, 0)}
                >
                  <IconTrash size={17} aria-hidden />
                </ActionIcon>
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
      <Table.Tfoot>
        <Table.Tr>
          <Table.Th scope="row" colSpan={2}>
            Total
          </Table.Th>
          <Table.Td ta="right" fw={650} className="tabular">
            {currency ? money(total, currency) : '…'}
          </Table.Td>
          <Table.Td />
        </Table.Tr>
      </Table.Tfoot>
    </Table>
  );
}
