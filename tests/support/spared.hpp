#pragma once
// What tests look with is spared when calls are made to fail: NN.inject tests the runtime.

namespace tests {

/// How many Spared there are on this thread.
inline constinit thread_local int spared = 0;

/// While it lives, no call of this thread is made to fail.
class Spared {
 public:
  Spared() { ++spared; }
  ~Spared() { --spared; }
  Spared(const Spared&) = delete;
  Spared& operator=(const Spared&) = delete;
};

}  // namespace tests
