import type { ReactElement } from 'react';
import type { ParamFieldFacts } from '../../state/param-fields.ts';
import { NumberField } from '../../ui/number-field.tsx';
import { Select } from '../../ui/select.tsx';
import { Switch } from '../../ui/switch.tsx';
import { TextField } from '../../ui/text-field.tsx';

/** A param, in the way that goes with its type. Undefined stands for its default. */
export function ParamField({
  field,
  value,
  onChange,
}: {
  readonly field: ParamFieldFacts;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}): ReactElement {
  const { name, kind, description, usual, least, most, choices, isRequired } = field;
  const shown = value ?? usual;
  const give = (next: unknown): void => onChange(next === usual ? undefined : next);
  const common = { label: name, hint: description, isRequired };
  switch (kind) {
    case 'number':
    case 'integer':
      return (
        <NumberField
          {...common}
          value={typeof shown === 'number' ? shown : undefined}
          least={least}
          most={most}
          isWhole={kind === 'integer'}
          onChange={give}
        />
      );
    case 'switch':
      return <Switch {...common} isOn={shown === true} onChange={give} />;
    case 'choice':
      return (
        <Select
          {...common}
          value={shown === undefined ? undefined : String(shown)}
          choices={choices.map(String)}
          onChange={(text) => give(choices.find((one) => String(one) === text))}
        />
      );
    case 'date':
    case 'text':
      return (
        <TextField
          {...common}
          value={shown === undefined ? '' : String(shown)}
          placeholder={kind === 'date' ? '2020-01-31' : undefined}
          onChange={(text) => give(text === '' ? undefined : text)}
        />
      );
  }
}
