#pragma once
// Exercise use-9b: try again, later and later.

#include <chrono>
#include <functional>
#include <random>
#include <string>

#include <aio/coro.hpp>

/// How often to try, and how long to pause.
struct Backoff {
  int tries = 5;
  std::chrono::nanoseconds per_try = std::chrono::seconds(1);
  std::chrono::nanoseconds first_pause = std::chrono::milliseconds(100);
  std::chrono::nanoseconds longest_pause = std::chrono::seconds(10);
};

/// The result of the first try that succeeds. A try that takes longer than `per_try` is cancelled;
/// one that throws has failed. The last failure is thrown on, at once. The pause after the first
/// failure is `first_pause`, after each further one twice as long, `longest_pause` at most; of each
/// pause, `random` picks a part, between half of it and all of it. CancelledError is no failure: it
/// is thrown on and nothing is tried again.
aio::Coro<std::string> retry(std::function<aio::Coro<std::string>()> attempt, Backoff backoff,
                             std::mt19937& random);
