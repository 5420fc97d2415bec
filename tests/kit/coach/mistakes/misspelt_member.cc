// Says: no member of this name
#include <vector>

void fill(std::vector<int>& all) {
  all.push_bock(1);  // here
}
