import { useLocalStorage } from '@mantine/hooks';
import { added, type Cart, cartFrom, withQuantity } from './cart.js';

const STORAGE_KEY = 'quadrille.cart';

/** The cart of this browser: it survives reloads and is shared by all tabs. */
export function useCart() {
  const [cart, setCart] = useLocalStorage<Cart>({
    key: STORAGE_KEY,
    defaultValue: [],
    getInitialValueInEffect: false,
    deserialize: cartFrom,
  });
  return {
    cart,
    add: (sku: string) => setCart((now) => added(now, sku)),
    setQuantity: (sku: string, quantity: number) => setCart((now) => withQuantity(now, sku, quantity)),
    empty: () => setCart([]),
  };
}
