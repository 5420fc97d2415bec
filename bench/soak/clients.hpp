#pragma once
// The clients of a soak. Every seat is taken by one connection after the other; each of them sends
// and checks what comes back, and ends in one of three ways: politely, dropped, or aborted.

#include "accounts.hpp"

namespace soak {

struct Options {
  int connections = 300;
  int seconds = 3;
  unsigned seed = 1;
};

/// Runs the clients until the time is up and all have ended.
void run_clients(Books& books, const Options& options);

}  // namespace soak
