import { Burger } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect } from 'react';
import { Link, NavLink, useLocation } from 'react-router';
import { CartLink } from '../cart/cart-link.js';
import { Corner } from '../sign-in/corner.js';
import { ColorSchemeSwitch } from './color-scheme-switch.js';
import classes from './frame.module.css';
import { PLACES } from './places.js';

/** The name, the pages, the tools; on a phone the pages are folded. */
export function TopBar() {
  const [open, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  useEffect(close, [pathname]);
  return (
    <header className={classes.bar}>
      <div className={classes.inside}>
        <Link to="/" className={classes.mark}>
          <img src="/icon.svg" alt="" width="26" height="26" />
          Quadrille
        </Link>
        <nav id="places" className={classes.navigation} aria-label="Main" data-open={open || undefined}>
          <ul className={classes.places}>
            {PLACES.map(({ to, name }) => (
              <li key={to}>
                <NavLink to={to} end={to === '/'} className={classes.place!}>
                  {name}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
        <div className={classes.tools}>
          <Corner />
          <CartLink />
          <ColorSchemeSwitch />
          <Burger
            className={classes.more}
            size="sm"
            opened={open}
            onClick={toggle}
            aria-label={open ? 'Close the navigation' : 'Open the navigation'}
            aria-expanded={open}
            aria-controls="places"
          />
        </div>
      </div>
    </header>
  );
}
