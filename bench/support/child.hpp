#pragma once
// Processes of our own: for what is measured, and for those who stand at the other end.

#include <sys/types.h>

namespace bench {

/// As fork(): 0 in the child, which ends with this process whatever happens to it. Nothing that
/// was printed here is printed there again.
pid_t fork_child();

/// Ends a child, whatever it does, and waits until it is gone.
void end_child(pid_t child);

}  // namespace bench
