import { Button, Menu } from '@mantine/core';
import { IconLogin2, IconLogout, IconUserCircle, IconUsers } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'react-router';
import { signInAddress, useSession, useSignInAgain } from './use-session.js';

/** The signed-in user, with buttons to change and to sign out. Empty if services do not authenticate callers. */
export function Corner() {
  const { data } = useSession();
  const { pathname, search } = useLocation();
  const here = pathname + search;
  useSignInAgain(here);
  const signOut = useMutation({
    mutationFn: () => fetch('/sign-out', { method: 'POST' }),
    // A full page load, so that no data of the user remain.
    onSuccess: () => location.assign('/'),
  });
  if (!data?.canSignIn) return null;
  if (!data.person) {
    return (
      <Button
        component="a"
        href={signInAddress(here)}
        variant="light"
        leftSection={<IconLogin2 size={18} aria-hidden />}
      >
        Sign in
      </Button>
    );
  }
  const { name, isOperator } = data.person;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          px="sm"
          leftSection={<IconUserCircle size={19} aria-hidden />}
          aria-label={`Signed in as ${name}`}
        >
          {name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{isOperator ? 'Operator' : 'Customer'}</Menu.Label>
        <Menu.Item component="a" href={signInAddress(here, 'choose')} leftSection={<IconUsers size={16} aria-hidden />}>
          Change person
        </Menu.Item>
        <Menu.Item
          onClick={() => signOut.mutate()}
          disabled={signOut.isPending}
          leftSection={<IconLogout size={16} aria-hidden />}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
