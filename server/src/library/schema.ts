// The form of library knowledge: what the data files in library/data and a project's own `library` setting hold.
// Decides the form only. `schema.json` states the same for editors and for `validate`.
//
// A path is dotted, as imports name it: `threading.Lock`, `flask.request.args`. The result of a call is written
// `()`. An instance is written as its type: `logging.Logger.info`; `returns` says which call gives which type.
// A pattern is a path, or `*.` and the end of one (`*.coordination.synchronized`), or a path with a last segment `*`.

/** Who runs two pieces of code against each other. */
export type ExecutionModel = 'thread' | 'process' | 'greenthread' | 'asyncio' | 'host';

/** What a lock is. `host` locks of kind file or distributed hold between processes too. */
export type LockKind = 'lock' | 'rlock' | 'condition' | 'semaphore' | 'rwlock' | 'file' | 'distributed';

/** A constructor of locks. */
export interface LockConstructor {
  readonly kind: LockKind;
  readonly model: ExecutionModel;
  /** The same holder may take it again. */
  readonly reentrant?: boolean;
  /** An `acquire` that does not get it raises, and says nothing by its result. */
  readonly raises?: boolean;
  /** The argument that is the underlying lock (`Condition(lock)`). */
  readonly underlying?: ArgumentPlace;
  /** The argument that gives the lock its identity (a file name, a key): equal constants are one lock. */
  readonly name?: ArgumentPlace;
}

/** A function that takes a lock by name. */
export interface NamedLock {
  /** `both`: the result serves as decorator and as context manager. `prefix-factory`: the result is called with the name. */
  readonly use: 'context' | 'decorator' | 'both' | 'prefix-factory';
  readonly name: ArgumentPlace;
  /** Every positional argument is a name, all are taken. */
  readonly many?: boolean;
  /** Keyword of a prefix that belongs to the name. */
  readonly prefix?: ArgumentPlace;
  /** `{arg}` in the name is filled from the arguments of the decorated function. */
  readonly template?: boolean;
  readonly model: ExecutionModel;
  readonly reentrant?: boolean;
}

/** An argument by position, keyword, or both (-1: not positional). */
export interface ArgumentPlace {
  readonly position: number;
  readonly keyword?: string;
  /** For a sink: keys inwards to the member that counts. */
  readonly at?: readonly (string | number)[];
}

/** How a function handed over comes to run. */
export type SpawnKind =
  | 'start'
  | 'timer'
  | 'periodic'
  | 'pool'
  | 'task'
  | 'callback'
  | 'main'
  | 'handler'
  | 'signal'
  | 'exit'
  | 'finalizer';

/** A call that makes one of its arguments run elsewhere. */
export interface Spawn {
  readonly kind: SpawnKind;
  readonly model: ExecutionModel;
  /** The callable. With `coroutine`, the argument is the coroutine object of a call. */
  readonly callable: ArgumentPlace;
  readonly coroutine?: boolean;
  /** Where its arguments stand: a tuple argument, or all that follow the callable. */
  readonly arguments?: ArgumentPlace | 'rest';
  /** It may run in parallel with itself. */
  readonly many?: boolean;
}

/** A call by which a program chooses what runs its functions. */
export interface Backend {
  readonly argument: ArgumentPlace;
  /** The last name of the argument that makes the choice. */
  readonly value: string;
  /** What library knowledge says of this model holds of the other one then. */
  readonly replaces: ExecutionModel;
  readonly by: ExecutionModel;
}

/** A base class or decorator whose functions are entered by another runner. */
export interface Root {
  readonly kind: SpawnKind;
  readonly model: ExecutionModel;
  /** Methods that are entered; `prefix*` for a family. Empty: all public ones. Not for decorators. */
  readonly methods?: readonly string[];
  readonly many?: boolean;
  /** A new object of the class for each request. */
  readonly fresh?: boolean;
  /** The methods of one object run one after the other. */
  readonly serial?: boolean;
  /** Its coroutine functions run on an event loop. */
  readonly loops?: boolean;
}

/** What a method does to its container. */
export type ContainerEffect =
  | 'add'
  | 'remove'
  | 'clear'
  | 'replace'
  | 'getOrAdd'
  | 'reorder'
  | 'read'
  | 'test'
  | 'iterate'
  | 'view'
  | 'copy';

/** A sink: which argument must not be untrusted (or secret), for which question. */
export interface Sink {
  /** The question: `command`, `log`, ... */
  readonly kind: string;
  readonly arguments: readonly (ArgumentPlace | 'self' | 'all')[];
  /** Kinds of data that must not come here; left out: `untrusted` only. */
  readonly sources?: readonly string[];
  /** Only with this keyword truthy (`shell`). */
  readonly when?: string;
  /** No sink when one of these holds. */
  readonly unless?: readonly Condition[];
  /** A sink only when all of these hold. */
  readonly only?: readonly Condition[];
  /** The value is an address: how its text begins tells how much of it is left to decide. `path`: it is only what
   * stands behind the host. */
  readonly address?: boolean | 'path';
  /** At low confidence in a function that makes JSON: other code may say what type of content it is. */
  readonly weakForJson?: boolean;
  /** For `path[key] = value`: a value counts only under a key that this expression matches, and where the function
   * asked nobody whether it is right; elsewhere at low confidence. */
  readonly trustedKeys?: string;
  /** No sink when the text begins or ends with something known: that leaves too little to choose. */
  readonly unlessPart?: boolean;
  /** At low confidence unless the result is called: what is only read shows little. */
  readonly weakUnlessCalled?: boolean;
  /** A function of a telling name (`validate_url`, `is_allowed`) that was given the value is believed to have checked it. */
  readonly vouched?: boolean;
  /** No sink in a function that looks where the members of an archive lead. */
  readonly unlessMembersChecked?: boolean;
  /** Only what stands under this key of the argument. */
  readonly within?: string;
  /** Only what may be more than a text or number does harm: a mapping with operators, say. */
  readonly structure?: boolean;
  /** Only what is surely a text does harm: things of other types have a method of the same name. */
  readonly onlyText?: boolean;
  /** The argument is an argv list: its first element is the program, and `sh -c` makes the next one a command. */
  readonly argv?: boolean;
  /** The call runs a shell by itself. */
  readonly shell?: boolean;
  /** The argument may be a body with its status and headers: only the body counts, and no mapping or list. */
  readonly body?: boolean;
  /** Later positional arguments form one argv with it (`os.execl`). */
  readonly spread?: boolean;
  /** The highest confidence a finding here may have. */
  readonly confidence?: 'low' | 'medium' | 'high';
  /** What it is, for the message: "os.system() runs it in a shell". */
  readonly words?: string;
}

/** What an argument of a call is: one of these constants (as Python writes them) or dotted paths. */
export interface Condition {
  readonly argument: ArgumentPlace;
  /** Not the argument, but what its object was configured with: a keyword of its constructor, or the first argument
   * of a method that the data list under `configures`. */
  readonly option?: string;
  readonly is: readonly string[];
  /** A text that begins with one of `is` counts too. */
  readonly begins?: boolean;
  /** It holds as well when the argument is not given. */
  readonly orMissing?: boolean;
}

/** How far a source is from an attacker. */
export type Trust = 'remote' | 'message' | 'local' | 'environment' | 'file';

/** A source: a path whose value (or whose call's result) comes from outside. */
export interface Source {
  readonly trust: Trust;
  /** What kind of data it is, in one word of the project's own; left out: `untrusted`. */
  readonly kind?: string;
  /** Keys inwards to the member that is from outside, where the rest is not. */
  readonly at?: readonly (string | number)[];
  /** What it is, for the message: "the query string". */
  readonly words: string;
  /** Uploaded files: no paths themselves, but their `filename` is the sender's. */
  readonly upload?: boolean;
  /** In a function with a route of its own it is that route, when the route names no parameter. */
  readonly route?: boolean;
  /** It, and all that is in it, is text. */
  readonly text?: boolean;
}

/** What a call does to the labels of its arguments. */
export interface Sanitizer {
  /** Kinds of sinks that it makes safe, kinds of data that it takes away; `*` for all; `secret` for secrets. */
  readonly clears: readonly string[];
}

/** A call whose truth makes an argument safe. */
export interface Check {
  readonly argument: ArgumentPlace;
  /** Sink kinds for which it is safe. */
  readonly clears: readonly string[];
}

/** A call whose result is too weak for a secret. */
export interface Weakness {
  readonly as: 'predictable' | 'digest';
  /** What it is, for the message. */
  readonly words: string;
  /** Only when all of these hold. */
  readonly only?: readonly Condition[];
  /** Not when one of these holds. */
  readonly unless?: readonly Condition[];
}

/** What a call's result carries on. */
export interface Passthrough {
  /** Arguments whose labels the result has: positions, `self` for the receiver; empty for none. */
  readonly from: readonly (number | 'self' | 'all')[];
  /** Where they are left besides the result, when the function is of the project itself. */
  readonly into?: number | 'self';
  /** The type of the result; `structure`: whatever a text says, mappings and lists too. */
  readonly gives?: 'text' | 'path' | 'number' | 'boolean' | 'none' | 'container' | 'structure' | 'same';
  /** A path in its shortest form. */
  readonly normalizes?: boolean;
  /** Sink kinds for which what was safe is no longer so: what was escaped is decoded. */
  readonly undoes?: readonly string[];
}

/** The words of identifiers that name secrets. All lower case; a phrase has its words joined with `_`. */
export interface SecretVocabulary {
  /** A secret when the name ends with one of these. */
  readonly phrases?: readonly string[];
  /** The same, for words that often but not always mean a secret (`token`). */
  readonly likely?: readonly string[];
  /** The same, for words that mean a secret now and then (`credentials`). */
  readonly weak?: readonly string[];
  /** The same, for data about a person. */
  readonly personal?: readonly string[];
  /** Words after which a name speaks of something else: `password_for_user` is a password, `path_to_secret` a path. */
  readonly connectors?: readonly string[];
  /** A last word that makes the whole something else (`password_hash`, `token_count`). */
  readonly neutralLast?: readonly string[];
  /** A first word that makes it a flag or a verb (`has_password`, `use_token`). */
  readonly neutralFirst?: readonly string[];
  /** Phrases that look like secrets and are not (`public_key`, `next_page_token`). */
  readonly neutralPhrases?: readonly string[];
}

/** A constructor of options: where the option's name stands, and the keyword that keeps its value out of logs. */
export interface SecretOption {
  readonly name: ArgumentPlace;
  readonly mark: string;
  /** What marks it, as Python writes it. */
  readonly value: string;
}

/** A file of library knowledge, or the project's own. Every section is optional. */
export interface LibraryData {
  /** Names for the same thing, or for a whole package: `eventlet.green.subprocess` is `subprocess`. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** The type of a call's result, or of an attribute. */
  readonly returns?: Readonly<Record<string, string>>;
  readonly types?: Readonly<Record<string, TypeKnowledge>>;
  readonly locks?: {
    readonly constructors?: Readonly<Record<string, LockConstructor>>;
    readonly named?: Readonly<Record<string, NamedLock>>;
    /** Methods that take and give back, by name. */
    readonly acquire?: readonly string[];
    readonly release?: readonly string[];
    /** Methods that give a context manager of the same lock: `read_lock`, `write_lock`. */
    readonly views?: readonly string[];
    /** Last words of attributes that hold a lock of unknown type. */
    readonly names?: readonly string[];
  };
  readonly threads?: {
    readonly spawns?: Readonly<Record<string, Spawn>>;
    /** Methods that spawn, by name alone, where the receiver's type is unknown. */
    readonly methods?: Readonly<Record<string, Spawn>>;
    readonly bases?: Readonly<Record<string, Root>>;
    readonly decorators?: Readonly<Record<string, Root>>;
    readonly backends?: Readonly<Record<string, Backend>>;
    /** Modules whose import shows that a project runs code concurrently. */
    readonly frameworks?: Readonly<Record<string, ExecutionModel>>;
    /** Calls at which a greenthread may switch. */
    readonly yields?: readonly string[];
    /** Calls after which a thread of the library, or of its pool, runs in this process. */
    readonly starts?: readonly string[];
  };
  readonly containers?: {
    /** Method name to effect, for each container type. */
    readonly types?: Readonly<Record<string, Readonly<Record<string, ContainerEffect>>>>;
    /** Functions that copy their argument at one stroke: `list`, `sorted`. */
    readonly snapshots?: readonly string[];
    /** Functions that look at a container without changing it: `len`, `any`. */
    readonly readers?: readonly string[];
  };
  readonly sources?: Readonly<Record<string, Source>>;
  /** Sources by the names alone of an object and its attribute, where the type is unknown: `request.GET`. */
  readonly sourceNames?: Readonly<Record<string, Source>>;
  /** Functions that never return: they raise, or end the process. */
  readonly noReturn?: readonly string[];
  /** Parameters of decorated functions and of overridden methods that come from outside. */
  readonly entries?: Readonly<Record<string, Entry>>;
  /** The same for functions that are known by their name and first parameters alone: `handler(event, context)`; with
   * `*` for any name. A method's `self` is not told. */
  readonly signatures?: Readonly<Record<string, Entry>>;
  /** The same for decorators of unknown type, by their last name: only where they name a route (`/path`). */
  readonly entryNames?: Readonly<Record<string, Entry>>;
  /** Calls that make one of their arguments such a function: `path('user/<name>', view)`. */
  readonly registrations?: Readonly<Record<string, Registration>>;
  /** The same by the names of an object of unknown type and its method: `router.add_get`. */
  readonly registrationNames?: Readonly<Record<string, Registration>>;
  /** Sinks by path: a call; `path.__setitem__` for `path[key] = value` (argument 0 the key, 1 the value); `path=` for
   * an attribute that is set (argument 0). */
  readonly sinks?: Readonly<Record<string, Sink | readonly Sink[]>>;
  /** Sinks by the names alone of an object and its method (`cursor.execute`), or of a method (`executescript`), where
   * the type is unknown. */
  readonly sinkNames?: Readonly<Record<string, Sink | readonly Sink[]>>;
  readonly sanitizers?: Readonly<Record<string, Sanitizer>>;
  readonly checks?: Readonly<Record<string, Check>>;
  /** Calls that give what can be guessed or forged. */
  readonly weaknesses?: Readonly<Record<string, Weakness>>;
  /** Constructors whose keywords are options of the object, and methods (`path.method`) that set an option by name. */
  readonly configures?: readonly string[];
  readonly passthrough?: Readonly<Record<string, Passthrough>>;
  /** Calls that open what must be given back, with the word for it: `file`. */
  readonly resources?: Readonly<Record<string, string>>;
  /** Top-level modules of the standard library. */
  readonly standardModules?: readonly string[];
  readonly loggers?: {
    /** Level methods of a logger, by name. */
    readonly methods?: readonly string[];
    /** Names that hold a logger where the type is unknown. */
    readonly names?: readonly string[];
  };
  readonly secrets?: {
    readonly words?: SecretVocabulary;
    /** Calls and attributes that give a secret, and what it is. */
    readonly sources?: Readonly<Record<string, string>>;
    /** Words in a function's name that mean that it masks. */
    readonly maskers?: readonly string[];
    /** First words of a function's name that mean so when a secret follows: `strip_password`. */
    readonly removers?: readonly string[];
    /** Constructors of options that can be marked as secret. */
    readonly options?: Readonly<Record<string, SecretOption>>;
  };
}

/** A type of a library. */
export interface TypeKnowledge {
  readonly bases?: readonly string[];
  /** Its methods may be called from several threads at once. */
  readonly threadSafe?: boolean;
  /** Made to be shared: a field that holds one shows that its owner is shared. */
  readonly concurrent?: boolean;
  /** Must stay with one thread. */
  readonly threadUnsafe?: boolean;
  /** The type of its attributes and items of which nothing else is known: `client.some_database`. */
  readonly members?: string;
}

/** A function that a framework calls with outside data. */
export interface Entry {
  readonly trust: Trust;
  readonly words: string;
  /** What kind of data it is; left out: `untrusted`. */
  readonly kind?: string;
  /** Parameters that are from outside; empty: all but `self`. */
  readonly parameters?: readonly string[];
  /** So many parameters behind `self` are not: the framework's own objects. */
  readonly skip?: number;
  /** The type of the first of them: `django.http.HttpRequest`. */
  readonly object?: string;
  /** The argument of the decorator or registration whose text names the parameters: `/user/<int:id>`. */
  readonly route?: ArgumentPlace;
  /** What comes in is text. */
  readonly text?: boolean;
  /** Where the route is not known: each is one segment of the URL's path, unless its name says that it is a path. */
  readonly segments?: boolean;
  /** A pattern for the keys under which the sender's data lies in it; what lies under others is mostly ours. */
  readonly members?: string;
  /** Arguments are converted to what the annotations say. */
  readonly converts?: boolean;
  /** What the framework does with the function's result: a sink of this kind, in words. */
  readonly result?: {
    readonly kind: string;
    readonly words: string;
    readonly sources?: readonly string[];
    /** Only what is a text: what another function returns may be a finished response. */
    readonly text?: boolean;
    /** Only where the decorator names one of these classes of responses. */
    readonly onlyNamed?: { readonly argument: ArgumentPlace; readonly is: readonly string[] };
  };
}

/** A call that hands a function to a framework, which calls it with outside data. */
export interface Registration extends Entry {
  readonly callable: ArgumentPlace;
  /** What is handed over is an object, whose public methods the framework calls. */
  readonly methods?: boolean;
}
