// Names of decorators and base classes, and what they say of who calls a function.

/** Decorators that call the function as its callers would. */
export const harmless =
  /(^|\.)(\w*retry\w*|exception_logger|(catch|translate|wrap|log|swallow|ignore|reraise)_\w+|property|cached_property|staticmethod|classmethod|(async)?contextmanager|wraps|abstractmethod|override|overload|log_helpers\.log_method_call|trace\w*|synchronized|lru_cache|cache|setter|getter|deleter|profile|removals\.\w+|deprecated)$/;

/** Bases that call nothing of a class by a name of its own. */
export const plainBases =
  /^(object|abc\.ABC|ABC|typing\.\w+|enum\.\w+|threading\.Thread|threading\.local|\w*(Exception|Error))$/;

/** Decorators that hand the function to somebody else to call. */
export const registering =
  /(^|[._])(route|get|post|put|delete|patch|head|options|websocket|command|group|task|job|handler?s?|handles|listens?\w*|receivers?|receives|subscrib\w*|regist\w*|callback|hook\w*|event|on|on_\w+|connect|signal\w*|expose\w*|endpoint|rpc\w*|periodic\w*|schedule\w*|cron|timer|atexit|thread\w*|spawn\w*|fixture|before_\w+|after_\w+|validat\w+|observe\w*|api|view|filter|tag)$/i;
