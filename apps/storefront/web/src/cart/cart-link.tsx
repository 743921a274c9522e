import { Button } from '@mantine/core';
import { IconShoppingCart } from '@tabler/icons-react';
import { Link } from 'react-router';
import { piecesIn } from './cart.js';
import { useCart } from './use-cart.js';

/** The link to the cart, with its number of pieces. */
export function CartLink() {
  const { cart } = useCart();
  const pieces = piecesIn(cart);
  return (
    <Button
      component={Link}
      to="/cart"
      variant="subtle"
      color="gray"
      px="sm"
      leftSection={<IconShoppingCart size={19} aria-hidden />}
      aria-label={`Cart, ${pieces} ${pieces === 1 ? 'piece' : 'pieces'}`}
    >
      {pieces}
    </Button>
  );
}
