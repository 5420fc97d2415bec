// Says: std::move
#include <memory>
#include <vector>

void keep(std::vector<std::unique_ptr<int>>& all, std::unique_ptr<int> one) {
  all.push_back(one);  // here
}
