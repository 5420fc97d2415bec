// Says: where another is wanted
#include <chrono>

struct Deadline {};

void answer() {
  const Deadline deadline = std::chrono::seconds(1);  // here
}
