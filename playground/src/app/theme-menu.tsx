import type { ReactElement } from 'react';
import { useApp } from '../hooks/app-context.ts';
import { useReadable } from '../hooks/use-readable.ts';
import { Button } from '../ui/button.tsx';
import type { IconName } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { Tooltip } from '../ui/tooltip.tsx';

const themes = [
  { id: 'auto', label: 'As the system', icon: 'auto' },
  { id: 'light', label: 'Light', icon: 'sun' },
  { id: 'dark', label: 'Dark', icon: 'moon' },
] as const satisfies readonly { id: string; label: string; icon: IconName }[];

/** Light or dark. */
export function ThemeMenu(): ReactElement {
  const { theme } = useApp();
  const chosen = useReadable(theme);
  const { label, icon } = themes.find(({ id }) => id === chosen) ?? themes[0];
  return (
    <Menu
      label="Theme"
      trigger={
        <Tooltip text={`Theme: ${label}`}>
          <Button look="quiet" icon={icon} aria-label={`Theme: ${label}`} />
        </Tooltip>
      }
      entries={themes.map(({ id, label, icon }) => ({ id, label, icon, onAction: () => theme.choose(id) }))}
    />
  );
}
