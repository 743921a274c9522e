import { Alert } from '@mantine/core';
import { useSearchParams } from 'react-router';

/** By the code of the storefront's redirect. */
const WHY: Readonly<Record<string, string>> = {
  refused: 'The issuer refused. Try again, or with another account.',
  unavailable: 'The issuer does not respond. Try again in a moment.',
  unusable: 'The issuer’s token is not valid here. The log of the storefront has the reason.',
  'too-late': 'It took too long, or it was started in another window. Try again.',
};

/** Shows the reason of a failed sign-in, after the redirect. */
export function SignInFailed() {
  const [search] = useSearchParams();
  const code = search.get('sign-in-failed');
  if (code === null) return null;
  return (
    <Alert color="undo" role="alert" mb="lg" title="You are not signed in">
      {WHY[code] ?? 'Try again.'}
    </Alert>
  );
}
