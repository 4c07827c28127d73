import { errorFacts, type ErrorFacts } from '@cairn/core';
import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { ErrorBox } from '../ui/error-box.tsx';
import styles from './error-boundary.module.css';

/** Keeps a view that fails from taking the others with it. */
export class ErrorBoundary extends Component<
  { readonly what: string; readonly children: ReactNode },
  { readonly error: ErrorFacts | undefined }
> {
  override state: { readonly error: ErrorFacts | undefined } = { error: undefined };

  static getDerivedStateFromError(error: unknown): { readonly error: ErrorFacts } {
    return { error: errorFacts(error) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <div className={styles.fault}>
        <ErrorBox
          error={error}
          title={`${this.props.what} has failed. What is stored is safe.`}
          action={
            <Button icon="reset" onPress={() => this.setState({ error: undefined })}>
              Try again
            </Button>
          }
        />
      </div>
    );
  }
}
