#pragma once
// Exercise use-9c: a hundred requests, each with a limit, and one limit for all.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <aio/coro.hpp>
#include <aio/support/delay.hpp>

struct Limits {
  std::size_t at_once;  // how many requests may run at the same time, at least 1
  aio::Delay each;      // for one request, from its start
  aio::Delay total;     // for all of them
};

/// Runs the requests, in order, `at_once` of them at a time. Entry i of the result is the answer of
/// request i, or nothing: it failed, or its time or the total time was over. When this returns or
/// throws, every request that was started has ended. Cancelling it cancels them, and no other is
/// started, also if one of them answers all the same or fails meanwhile.
aio::Coro<std::vector<std::optional<std::string>>> survey(
    std::vector<aio::Coro<std::string>> requests, Limits limits);
