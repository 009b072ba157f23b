"""What Python can do, in small snippets with all of their call edges and no others.

Each ``.txt`` file is one theme. A snippet starts with ``==== its name``; then follows the text of the module ``m``, or of
several files, each under ``---- its/path.py``, and at the end ``---- edges``: one line for each caller, with its callees::

    ==== plain call
    def helper():
        pass

    helper()
    ---- edges
    m: -> m:helper

Three more parts are possible. ``---- outside/NAME.py`` is there when the snippet runs, but the analysis does not see it: it
plays a third-party package. ``---- run`` is Python that drives the snippet from outside (else ``m``, or ``main``, is imported);
what it calls is no edge. ``---- edges not seen`` are edges that are true although no run of the snippet can show them.

What counts as an edge
----------------------

* Ids are those of ``decompose export RUN calls --external``: ``package.module:Class.method``, ``package.module:outer.inner``,
  ``package.module:`` for a module's top-level code, ``requests:get`` and ``builtins:len`` outside.
* Code in a lambda or comprehension belongs to the function around it. To call a lambda of another function is to call
  that function. Code in a class body belongs to the class.
* To call a class is to call the application's ``__init__`` that answers. Where there is none, it is an edge to the class, and
  to the ``__init__`` of a base outside. An
  application's ``__new__``, ``__post_init__`` or the ``__call__`` of a metaclass is an edge as well.
* What syntax or a built-in function implies (attributes, operators, loops, ``with``, ``len()``, ``str()``) is an edge to the
  application's special method or property. The same on values of built-in types is no edge: nobody named a callee.
* A decorator is called by the code around the definition. ``property`` (with its ``setter``), ``staticmethod`` and
  ``classmethod`` are declarations and no calls.
* Who passes a function to code outside calls it, if that code calls it. Where a generator or coroutine is made, it is called.
* A method of a built-in value is ``builtins:list.append``; a method inherited from a class outside is that class's:
  ``ext:Base.save``. Of any other value from outside, only the way is known on which it was reached: ``requests:get().json``, or
  ``ext:Client.get`` for what a name with a capital made. To call a decorator that a call returned is no edge: the call was one.
* Expected is what can happen with the values that the snippet shows; where it shows none, what the annotations promise: a
  method of the declared class or of a subclass, of a protocol or of what implements it. What only promises (an abstract method, a
  protocol's) is not expected where what takes its place is.
"""
