import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { lastDefined } from '../../state/definition.ts';
import { fieldsOf } from '../../state/param-fields.ts';
import { Button } from '../../ui/button.tsx';
import { DialogActions, PopoverDialog } from '../../ui/popover-dialog.tsx';
import { ParamField } from './param-field.tsx';
import styles from './params-button.module.css';

/** The params of the pipeline as a form, made of its schema. */
export function ParamsButton(): ReactElement | null {
  const { definition, project, setParams } = useSession();
  const state = useReadable(definition);
  const { params } = useReadable(project);
  const pipeline = lastDefined(state)?.pipeline;
  const fields = pipeline === undefined ? [] : fieldsOf(pipeline);
  if (fields.length === 0) return null;
  const changed = fields.filter(({ name }) => params[name] !== undefined).length;
  const setOne = (name: string, value: unknown): void => {
    const { [name]: _, ...others } = params;
    setParams(value === undefined ? others : { ...others, [name]: value });
  };
  return (
    <PopoverDialog
      label="Params"
      trigger={
        <Button icon="sliders" aria-label={changed === 0 ? 'Params' : `Params, ${changed} changed`}>
          <span className={styles.word}>Params</span>{' '}
          {changed === 0 ? null : <span className={styles.count}>{changed}</span>}
        </Button>
      }
    >
      {fields.map((field) => (
        <ParamField
          key={field.name}
          field={field}
          value={params[field.name]}
          onChange={(value) => setOne(field.name, value)}
        />
      ))}
      {state.status === 'invalid' && state.issues.length === 0 ? (
        <p className={styles.fault} role="alert">
          {state.error.message}
        </p>
      ) : null}
      <DialogActions>
        <Button look="quiet" icon="reset" onPress={() => setParams({})}>
          Defaults
        </Button>
      </DialogActions>
    </PopoverDialog>
  );
}
