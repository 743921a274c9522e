import { Button, Text, Title } from '@mantine/core';
import { money } from '../ui/format.js';
import { leftInWords, type Product } from './product.js';
import { ProductPicture } from './product-picture.js';
import classes from './shop.module.css';

interface ProductCardProps {
  readonly product: Product;
  readonly inCart: number;
  readonly onAdd: () => void;
}

/** A product, its stock, and the button to add it. A sold-out product can still be ordered: the saga is then compensated. */
export function ProductCard({ product, inCart, onAdd }: ProductCardProps) {
  const { sku, name, price, currency, available } = product;
  const soldOut = available === 0;
  return (
    <article className={classes.card} data-sku={sku}>
      <ProductPicture sku={sku} />
      <div className={classes.text}>
        <Title order={3} size="h5">
          {name}
        </Title>
        <Text size="sm" c={soldOut ? 'var(--q-undo)' : 'dimmed'} className="tabular">
          {leftInWords(available)}
        </Text>
      </div>
      <div className={classes.buy}>
        <Text fw={600} className="tabular">
          {money(price, currency)}
        </Text>
        <Button
          variant={soldOut ? 'default' : 'light'}
          size="sm"
          onClick={onAdd}
          aria-label={`${soldOut ? 'Order anyway' : 'Add'}: ${name}`}
        >
          {soldOut ? 'Order anyway' : inCart > 0 ? `Add · ${inCart} in cart` : 'Add'}
        </Button>
      </div>
    </article>
  );
}
