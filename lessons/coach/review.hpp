#pragma once
// What the learner's progress tells of what to look at again.

#include <string>
#include <vector>

#include "commands.hpp"

namespace coach {

/// The items with the most failed checks, the worst first; at most `count`, none without failures.
std::vector<const Item*> weakest(const Desk& desk, std::size_t count);

/// When the learner last worked, in UTC as progress has it, and on what; empty: never.
struct LastWork {
  std::string when;
  const Item* item = nullptr;
};
LastWork last_work(const Desk& desk);

/// Both, as `./learn status` shows them.
void show_review(const Desk& desk);

}  // namespace coach
