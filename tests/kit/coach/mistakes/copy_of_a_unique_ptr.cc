// Says: std::move
#include <memory>
#include <vector>

void keep(std::vector<std::unique_ptr<int>>& all, std::unique_ptr<int> one) {
  std::unique_ptr<int> mine = one;  // here
  all.push_back(std::move(mine));
}
