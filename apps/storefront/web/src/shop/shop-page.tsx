import { Alert, Anchor, Button, Group, SimpleGrid, Skeleton, Text, Title } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { Link } from 'react-router';
import { UnavailableNotice } from '../api/unavailable-notice.js';
import { quantityOf } from '../cart/cart.js';
import { requestOf, usualFormOf } from '../cart/order-form.js';
import { usePlaceOrder } from '../cart/place-order.js';
import { useCart } from '../cart/use-cart.js';
import { Page } from '../frame/page.js';
import { SignInFailed } from '../sign-in/sign-in-failed.js';
import { signInAddress, useOwnCustomer, useSession } from '../sign-in/use-session.js';
import { FlowStrip } from './flow-strip.js';
import type { Product } from './product.js';
import { ProductCard } from './product-card.js';
import classes from './shop.module.css';
import { useProducts } from './use-products.js';

/** The first page: an introduction, one button to see a saga, and the shop. */
export default function ShopPage() {
  const catalogue = useProducts();
  const { products, failureReason, hasNextPage, isFetchingNextPage, fetchNextPage } = catalogue;
  const { cart, add } = useCart();
  const order = usePlaceOrder();
  const offer = products && firstInStock(products);
  const form = usualFormOf(useOwnCustomer());
  const { data: session } = useSession();
  return (
    <Page
      title="Four services, one order, no coordinator"
      lead="Quadrille is a shop whose services never call each other: each handles an event from Kafka, changes its own database, and emits the next event. Place an order and watch it."
      prominent
    >
      <Group gap="md" mb="xl">
        {session?.canSignIn && !session.person ? (
          <Button size="lg" component="a" href={signInAddress('/')}>
            Sign in to place an order
          </Button>
        ) : (
          <Button
            size="lg"
            rightSection={<IconArrowRight size={20} aria-hidden />}
            loading={order.isPending}
            disabled={!offer}
            onClick={() => offer && order.place(requestOf([{ sku: offer.sku, quantity: 1 }], form, offer.currency))}
          >
            Place an order
          </Button>
        )}
        <Text c="dimmed" size="sm" maw="34ch">
          {offer ? `Orders “${offer.name}” for ${form.name}. ` : ''}Or{' '}
          <Anchor href="#catalogue">choose for yourself</Anchor>.
        </Text>
      </Group>
      {order.error && (
        <Alert color="undo" role="alert" mb="lg" title="The order was not accepted">
          {order.error.message}
        </Alert>
      )}
      <SignInFailed />
      <FlowStrip />
      <section id="catalogue" className={classes.catalogue} aria-labelledby="catalogue-title">
        <Group justify="space-between" mb="md">
          <Title order={2} size="h3" id="catalogue-title">
            The catalogue
          </Title>
          {cart.length > 0 && (
            <Button component={Link} to="/cart" variant="filled">
              To the checkout
            </Button>
          )}
        </Group>
        <UnavailableNotice what="The catalogue" failure={failureReason} />
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="lg" mt="sm" aria-busy={!products}>
          {products?.map((product) => (
            <ProductCard
              key={product.sku}
              product={product}
              inCart={quantityOf(cart, product.sku)}
              onAdd={() => add(product.sku)}
            />
          ))}
          {!products &&
            !failureReason &&
            ['a', 'b', 'c', 'd'].map((each) => <Skeleton key={each} height={250} radius="lg" />)}
        </SimpleGrid>
        {products?.length === 0 && <Text c="dimmed">Nothing is listed yet.</Text>}
        {hasNextPage && (
          <Button variant="default" mt="lg" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            More products
          </Button>
        )}
      </section>
    </Page>
  );
}

/** A product that visitors recognise, if it is in stock. */
const FAVOURITE = 'TEAPOT';

const firstInStock = (products: readonly Product[]): Product | undefined =>
  products.find(({ sku, available }) => sku === FAVOURITE && available > 0) ??
  products.find(({ available }) => available > 0);
