#pragma once
// What the runtime of this kit does. Each file stands alone, as in a program that needs just that:
// the compiler's decisions in one of them do not depend on the others.

#include <vector>

#include "harness/peer.hpp"

namespace peers::works {

std::vector<Work> echo();
std::vector<Work> tasks();
std::vector<Work> timers();
std::vector<Work> sync();
std::vector<Work> posts();
std::vector<Work> slow();

}  // namespace peers::works
