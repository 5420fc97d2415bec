#pragma once
// The works that every library of callbacks is measured at, in the order of the table.

#include <vector>

#include "harness/peer.hpp"
#include "harness/posts.hpp"

namespace peers {

/// What such a library's program has written for itself.
struct CallbackWorks {
  using Run = Done (*)(long size, long rounds);
  Run serve_echo;
  Run switch_callbacks;
  Run sleeps;
  Run cancel_timers;
  Run sleeping_timers;
};

/// All its works; those of W8 post to a `Loop`.
template <class Loop>
std::vector<Work> callback_works(const CallbackWorks& own) {
  return {{"W1", own.serve_echo, false},      {"W1p", own.serve_echo, false},
          {"W3", own.switch_callbacks},       {"W5.sleeps", own.sleeps, false},
          {"W5.cancel", own.cancel_timers},   {"W8.posts", posts<Loop>, false},
          {"W8.wake", wake_ups<Loop>, false}, {"W9.tasks", own.sleeping_timers, false}};
}

}  // namespace peers
