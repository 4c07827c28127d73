export { CairnProvider, useRunner, type CairnProviderProps } from './provider.ts';
export type { TableOrder, TableWindow } from './read-table.ts';
export { useOpenedTask, type UsedOpenedTask } from './use-opened-task.ts';
export { usePlan, type UsedPlan, type UsePlanOptions } from './use-plan.ts';
export { useRun, type UsedRun, type UseRunOptions } from './use-run.ts';
export { useRunView } from './use-run-view.ts';
export { useStorage, type UsedStorage } from './use-storage.ts';
export { useTable, type UsedTable } from './use-table.ts';
