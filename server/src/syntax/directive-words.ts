// The words of Airlock's comment directives: the one list that the parser reads by and that the grammar in
// `syntaxes/` and the documentation are generated from. Knows no rule and nothing of what a directive does.

/** How a directive is written after its word. */
export type DirectiveArgument = 'rules' | 'expression' | 'reason' | 'none';

/** One word of the directive language. */
export interface DirectiveWord {
  readonly word: string;
  /** 'rules': `[name, other] reason`; 'expression': `(code)`; 'reason': `(text)`; 'none': nothing. */
  readonly argument: DirectiveArgument;
  /** One line for the documentation. */
  readonly meaning: string;
}

/** Every directive word, in the order of the documentation. */
export const directiveWords = [
  {
    word: 'ignore',
    argument: 'rules',
    meaning: 'Silences the named rules on this statement, or on the next line when the comment stands alone.',
  },
  { word: 'ignore-file', argument: 'rules', meaning: 'Silences the named rules in the whole file.' },
  {
    word: 'guarded-by',
    argument: 'expression',
    meaning: 'The state assigned here is only touched under this lock.',
  },
  { word: 'requires', argument: 'expression', meaning: 'Callers of this function hold this lock.' },
  { word: 'thread-confined', argument: 'none', meaning: 'The state assigned here belongs to one thread.' },
  {
    word: 'atomic-ok',
    argument: 'reason',
    meaning: 'This compound operation needs no lock, for the reason given.',
  },
  {
    word: 'trusted',
    argument: 'none',
    meaning: 'The value assigned here is not under the control of an attacker.',
  },
  { word: 'secret', argument: 'none', meaning: 'The value assigned here is a secret.' },
] as const satisfies readonly DirectiveWord[];

/** A known directive word. */
export type DirectiveName = (typeof directiveWords)[number]['word'];
