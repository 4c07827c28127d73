import { useRef, type KeyboardEvent, type PointerEvent, type ReactElement } from 'react';
import styles from './splitter.module.css';

/** The line between two places, which can be moved: with the pointer, or with the arrow keys. */
export function Splitter({
  label,
  axis,
  value,
  onChange,
}: {
  readonly label: string;
  /** `x` moves to the left and the right. */
  readonly axis: 'x' | 'y';
  /** The share of the first place, in percent of both. */
  readonly value: number;
  readonly onChange: (value: number) => void;
}): ReactElement {
  const own = useRef<HTMLDivElement>(null);
  const change = (next: number): void => onChange(Math.min(85, Math.max(15, Math.round(next))));
  const move = ({ clientX, clientY, buttons }: PointerEvent): void => {
    const box = own.current?.parentElement?.getBoundingClientRect();
    if (buttons !== 1 || box === undefined) return;
    change(
      axis === 'x' ? ((clientX - box.left) / box.width) * 100 : ((clientY - box.top) / box.height) * 100,
    );
  };
  const press = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> =
      axis === 'x' ? { ArrowLeft: -2, ArrowRight: 2 } : { ArrowUp: -2, ArrowDown: 2 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    change(value + step);
  };
  return (
    // A separator that can be moved is a widget: https://www.w3.org/TR/wai-aria-1.2/#separator
    <div
      ref={own}
      className={styles.splitter}
      data-axis={axis}
      role="separator"
      aria-label={label}
      aria-orientation={axis === 'x' ? 'vertical' : 'horizontal'}
      aria-valuenow={value}
      aria-valuemin={15}
      aria-valuemax={85}
      tabIndex={0}
      onKeyDown={press}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={move}
      onDoubleClick={() => change(50)}
    />
  );
}
