// The runtime of this kit. Compiled a second time on the learner's layers (--variant mine).

#include <vector>

#include "aio_works/works.hpp"
#include "harness/peer.hpp"

int main(int argc, char** argv) {
  using namespace peers::works;
  std::vector<peers::Work> all;
  for (const auto& some : {echo(), tasks(), timers(), sync(), posts(), slow()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return peers::measure(argc, argv, all);
}
