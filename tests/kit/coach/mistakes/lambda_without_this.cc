// Says: [this]
#include <functional>

class Queue {
 public:
  std::function<int()> later() {
    return [] { return last_; };  // here
  }

 private:
  int last_ = 0;
};
