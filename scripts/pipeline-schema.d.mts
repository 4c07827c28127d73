export declare function pipelineJsonSchema(): Record<string, unknown>;
