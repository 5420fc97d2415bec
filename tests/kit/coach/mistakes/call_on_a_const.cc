// Says: is called on a const one
#include <vector>

class Queue {
 public:
  void push(int value) const { all_.push_back(value); }  // here

 private:
  std::vector<int> all_;
};
