import { Alert, Button, Stack, Text } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { Link } from 'react-router';
import { Problem } from '../api/problem.js';
import { UnavailableNotice } from '../api/unavailable-notice.js';
import { Card, Columns } from '../frame/card.js';
import { Page } from '../frame/page.js';
import { useProducts } from '../shop/use-products.js';
import { useOwnCustomer } from '../sign-in/use-session.js';
import { CartLines } from './cart-lines.js';
import { faultsIn, type OrderForm, requestOf, usualFormOf } from './order-form.js';
import { usePlaceOrder } from './place-order.js';
import { useCart } from './use-cart.js';
import { WhereTo } from './where-to.js';
import { WhoPays } from './who-pays.js';

/** The checkout: lines, payment, address. Stored in this browser until the order is accepted. */
export default function CartPage() {
  const { cart, setQuantity, empty } = useCart();
  const own = useOwnCustomer();
  const [form, setForm] = useLocalStorage<OrderForm>({
    // Separate per signed-in user.
    key: own ? `quadrille.checkout.${own.id}` : 'quadrille.checkout',
    defaultValue: usualFormOf(own),
    getInitialValueInEffect: false,
  });
  const { products, failureReason } = useProducts();
  const order = usePlaceOrder(empty);
  const problem = order.error instanceof Problem ? order.error : null;
  const faults = faultsIn(problem?.document.errors ?? [], cart);
  const change = (changes: Partial<OrderForm>) => setForm((now) => ({ ...now, ...changes }));

  if (cart.length === 0 && !order.isPending) {
    return (
      <Page title="The cart is empty" lead="Choose a product first; all are in stock except the samovar.">
        <Button component={Link} to="/">
          To the catalogue
        </Button>
      </Page>
    );
  }
  const currency = products?.find(({ sku }) => sku === cart[0]?.sku)?.currency ?? 'GBP';
  return (
    <Page
      title="Checkout"
      lead="A double click or a reload of this page orders once: this browser reuses the order's key."
    >
      <form
        noValidate
        onSubmit={(submit) => {
          submit.preventDefault();
          order.place(requestOf(cart, form, currency));
        }}
      >
        <Columns>
          <Card label="Cart">
            <UnavailableNotice what="The catalogue" failure={failureReason} />
            <CartLines cart={cart} products={products} faults={faults.lines} onQuantity={setQuantity} />
            {problem && (
              <Alert color="undo" role="alert" mt="md" title="The order was not accepted">
                {problem.message}
                {faults.others.map((fault) => (
                  <Text key={fault} size="sm">
                    {fault}
                  </Text>
                ))}
              </Alert>
            )}
            <Button type="submit" size="md" fullWidth mt="lg" loading={order.isPending}>
              Place the order
            </Button>
          </Card>
          <Stack gap="lg">
            <WhoPays form={form} faults={faults.fields} onChange={change} choose={!own} />
            <WhereTo form={form} faults={faults.fields} onChange={change} />
          </Stack>
        </Columns>
      </form>
    </Page>
  );
}
