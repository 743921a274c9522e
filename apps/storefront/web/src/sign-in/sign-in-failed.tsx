import { Alert } from '@mantine/core';
import { useSearchParams } from 'react-router';

/** By the code with which the storefront sends the browser back. */
const WHY: Readonly<Record<string, string>> = {
  refused: 'The issuer refused. Try again, or as somebody else.',
  unavailable: 'The issuer does not answer. Try again in a moment.',
  unusable: 'The issuer’s token does not count here. The log of the storefront says why.',
  'too-late': 'It took too long, or it was begun in another window. Try again.',
};

/** Says why one could not sign in, after the way back. */
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
