import type { WorkflowDefinitionOptions } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';

type Behaviour = NonNullable<WorkflowDefinitionOptions['versioningBehavior']>;

/** Options of a workflow type under Worker Versioning. Workers without it are refused by the server when they name any. */
export const versioned =
  (versioningBehavior: Behaviour): (() => WorkflowDefinitionOptions) =>
  () =>
    workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior } : {};
