#pragma once
// The hunt: eight programs, each with one fault of its own. You answer with the fault's name, and
// where it is.

#include <string_view>

enum class Fault {
  not_found_yet,
  blocking_call,       // the thread waits in the kernel, and the loop with it
  never_awaited,       // a coroutine is called, and never begins
  lost_exception,      // a task fails, and nobody hears of it
  circle,              // tasks wait for each other
  leaked_tasks,        // tasks are started, and never end
  lock_kept,           // a lock is taken, and not given back on every way out
  busy_loop,           // a task comes round again and again, and has nothing to do
  hidden_by_time_out,  // something never arrives, and a time limit makes it look harmless
};

/// `function` is the function that holds the fault, as the program writes it and without its class:
/// "send_to", not "Newsletter::send_to()". To mend it, you may have to change its callers as well.
struct Finding {
  Fault fault = Fault::not_found_yet;
  std::string_view function;
};

/// What is wrong with this program, and where. Each program of the hunt has one.
Finding found();
