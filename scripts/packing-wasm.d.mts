export declare function packingWasm(): Promise<string>;
