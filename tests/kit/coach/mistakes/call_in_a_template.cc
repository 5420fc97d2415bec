// Says:
#include <algorithm>
#include <vector>

struct Odd {};

void sort(std::vector<Odd>& all) {
  std::sort(all.begin(), all.end());  // here
}
