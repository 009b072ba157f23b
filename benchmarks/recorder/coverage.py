"""Records which lines of the application ran.

With it, a static access at a line that ran and that no statement came from counts as wrong; without it, nothing can
be said of what the recording does not show. Python 3.12 and later tell it at almost no cost (``sys.monitoring``); before, a
trace function does, which only functions of the application pay for.
"""

import sys
import threading


def start(recorder):
    """Begin; whether lines are recorded."""
    monitoring = getattr(sys, "monitoring", None)
    if monitoring is None:
        return _trace(recorder)
    for tool in (4, 3, 5):
        if monitoring.get_tool(tool) is None:
            break
    else:
        return False
    monitoring.use_tool_id(tool, "recorder")

    def line(code, number):
        file = recorder.app_file(code.co_filename)
        if file is not None:
            recorder.lines.setdefault(file, set()).add(number)
        return monitoring.DISABLE

    monitoring.register_callback(tool, monitoring.events.LINE, line)
    monitoring.set_events(tool, monitoring.events.LINE)
    return True


def _trace(recorder):
    if sys.gettrace() is not None:
        return False  # a debugger, or a measurement of coverage

    def called(frame, event, argument):
        file = recorder.app_file(frame.f_code.co_filename)
        if file is None:
            return None
        ran = recorder.lines.setdefault(file, set())
        ran.add(frame.f_lineno)

        def line(frame, event, argument):
            ran.add(frame.f_lineno)
            return line

        return line

    threading.settrace(called)
    sys.settrace(called)
    return True
