import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { Button } from '../../ui/button.tsx';

/** Goes on with a run that did not come to its end. */
export function ResumeButton(): ReactElement {
  const { definition, view, resume } = useSession();
  const isInvalid = useReadable(definition).status === 'invalid';
  const isElsewhere = useReadable(view).running === 'elsewhere';
  return (
    <Button icon="play" isDisabled={isInvalid || isElsewhere} onPress={() => void resume()}>
      Resume
    </Button>
  );
}
