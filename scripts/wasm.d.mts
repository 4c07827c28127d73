export declare function assembled(): Promise<readonly { readonly file: URL; readonly text: string }[]>;
