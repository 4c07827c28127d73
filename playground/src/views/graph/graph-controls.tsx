import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import styles from './graph-panel.module.css';
import type { Camera } from './use-camera.ts';

/** The buttons for what the mouse and the keys do as well. */
export function GraphControls({ camera }: { readonly camera: Camera }): ReactElement {
  return (
    <div className={styles.controls} role="group" aria-label="Zoom">
      <Tooltip text="Nearer: +">
        <Button look="quiet" icon="plus" aria-label="Zoom in" onPress={camera.zoomIn} />
      </Tooltip>
      <Tooltip text="Farther: -">
        <Button look="quiet" icon="minus" aria-label="Zoom out" onPress={camera.zoomOut} />
      </Tooltip>
      <Tooltip text="All of it: 0">
        <Button look="quiet" icon="fit" aria-label="Show the whole graph" onPress={camera.fit} />
      </Tooltip>
    </div>
  );
}
