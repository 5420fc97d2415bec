// Says: name it between [ and ]
#include <functional>

std::function<int()> later(int value) {
  return [] { return value; };  // here
}
